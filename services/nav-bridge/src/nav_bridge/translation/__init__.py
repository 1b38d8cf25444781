"""Foreign words stop here, in tables that one can check: what our own doors tell, what NAV says and is told."""
