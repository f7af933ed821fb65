"""The documents of the language as pydantic models: what may be written, described for people and editors."""
