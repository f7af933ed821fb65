"""Definitions compiled: `transitions` machines, the frozen move table derived from them, and their pictures."""
