"""The equal-treatment ledger: who was told what and when, and whether everybody heard the same at the same moment.

All of it is read from the record and from the deliveries; nothing is typed for it. `collect` reads a case and those
it is linked with, `releases`, `questions` and `firms` judge what was told, asked and decided, `hats` who serves both
sides.
"""
