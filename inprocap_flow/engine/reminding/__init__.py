"""Reminders as ladders: which there are, their moments, and what is said when one is due."""
