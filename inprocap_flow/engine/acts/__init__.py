"""What can be asked of a case, one module a kind of request: steps, signatures, acts on clocks, lifting, migrating."""
