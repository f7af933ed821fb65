"""The definition language: from the text of a file to a checked definition."""
