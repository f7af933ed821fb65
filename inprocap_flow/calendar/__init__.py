"""Legal time: periods, calendars, and the moments that the law makes of them.

Nothing is imported here, so that asking for a period does not cost the import of anything else.
"""
