"""A process dies at every line of the five modules that it runs, and is started again; the ledger is read each time."""
