"""What happens because time passes, nobody asking: deadlines end, reminders fall due, messages go out (decision 0007).

`tick` does all that is due at a moment, step by step, each step in transactions of its own; `plan_ladders` puts the
next rungs down in the transaction of an outcome; `rebuild` makes them anew. Called by several programs at once they do
nothing twice: every change holds only where a row still says what it said.

A reminder is one row of the outbox for each recipient, with ``kind`` "reminder", ``recipient`` "role:NAME",
"person:ID" or "track:KIND/NAME", ``seq`` the last event of the case, ``line`` the line concerned, ``subject`` the name
of the deadline or approval (of a silence: the address of the stage), ``about`` that name alone, and ``detail``:

- ``ladder``: the ladder's name, ``deadline case tenders``;
- ``of``: deadline, safety (soon it is too late to extend safely), approval (a signature is waited for), papers (an
  approval is due by a gate of a meeting), validity (a signature lapses) or silence (nothing happens);
- ``rung``: ``before P10D``, ``after P1D``, ``every P3WD``;
- ``due_at``: when it fell due, UTC text of fixed width; ``late``: whether that is more than an hour ago;
- ``merged``: how many other rungs of the ladder, overdue too, this message stands for;
- ``end``: what it leads up to or follows, UTC text of fixed width (exclusive: midnight is the end of the day before),
  or null for what waits without an end; ``since``: since when it waits, likewise;
- ``escalation``: whether somebody above is told.

Its id is derived from case, ladder, what the rung is counted from, and recipient, so that a second one cannot exist.
"""
