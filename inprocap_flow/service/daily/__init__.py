"""The daily look at an organisation (ruling 20): people, absences, calendars, limits and rates against what it uses.

A definition stays as it was checked; who is there, and what the law counts with, does not. So once a local day, and
whenever the organisation or the absences of its people change, every procedure that it uses is looked at anew. What is
found is kept, told once to those who answer for it, and shown (``inprocap-flow findings``) until it is gone.
"""
