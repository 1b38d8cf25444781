"""intake: registers people and applications once, books the rent ledger, and owns identity."""
