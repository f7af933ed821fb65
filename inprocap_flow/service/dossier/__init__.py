"""The procurement file for an auditor: a folder that explains a case and can be verified without us.

`collect` reads everything once, `page` turns it into one self-contained page, `writing` puts page, data, documents and
the verifying script into a folder. What is sealed is listed and never shown; names of people stand in one table only.
"""
