"""Where cases are kept: SQLite by default, PostgreSQL by URL. `inprocap_flow.store.port` is what others import."""
