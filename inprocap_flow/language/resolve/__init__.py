"""From an expanded document to a `Definition`: names looked up, defaults filled in, expressions typed."""
