"""Plans: when each milestone of a procedure, or of a case, can come, must come, and will probably come."""
