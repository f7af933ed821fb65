"""Reading a procedure aloud: every step, approval and deadline expanded into plain sentences, each with its place.

Generated from the definition itself, so that it cannot say anything else than what will happen. Pure: a `Book` (the
definition, where everything is written, the rulebook, a day) goes in, `Section`s of sentences come out; how they are
laid out on a terminal or a page is not decided here.
"""
