"""Deadlines as clocks: between which ends they are lawful, when they end, what moves them, what cannot be told."""
