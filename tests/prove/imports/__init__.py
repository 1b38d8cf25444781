"""A ledger file through the real database, whole or killed on the way, and what the books hold afterwards."""
