"""The second edition of the rulebook, read once more: a naive reference, its scenarios, clauses and laws."""
