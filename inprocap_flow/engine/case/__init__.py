"""The case as the record keeps it, and what can be read from it: facts, people, papers, signatures, history."""
