"""What a rent ledger says about a tenancy, as pure functions. Standard library only.

`ledger` holds the lines, `allocation` which money pays what, `facts` what follows on a day, `steps` the legal chain,
`rules` and `stages` what it means, `episodes` the alert's life, `tenancy` the state in which it all is kept; `feed`
when the next bank file is due, `account` what is kept of one that didn't come.
"""
