"""How early and how often tenancies are warned of, on ledgers that are made without knowing the rules."""
