"""A very small service that uses all of the chassis, so that taking away one guard of it can be seen by a ledger."""
