"""Use cases: the only place where clock, store and engine meet. One request, one transaction."""
