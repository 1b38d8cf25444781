"""What intake knows and decides: people, applications, tenancies and the ledger file. Standard library only."""
