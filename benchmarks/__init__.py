"""What a move costs, compared in one run: the bare database, a naive version, and ours through the public API."""
