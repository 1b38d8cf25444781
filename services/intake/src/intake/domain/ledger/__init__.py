"""The ledger file: its form, its lines, and what of it is booked already."""
