"""Each guard taken away on a copy of the tree: the ledger must see it, on the schedule that the whole tree passes."""
