"""iCalendar (RFC 5545): calendars read and written."""
