"""notifications: the rent ledger of each tenancy, and the early alert when one is heading for eviction."""
