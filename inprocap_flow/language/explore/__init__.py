"""What cases of a definition can come to: an abstract case, explored without engine, calendar or clock.

An abstract case is a leaf stage of the main line, how many tracks stand where, and which deadlines have not started,
run or are over; values, papers and signatures are left open, so that a condition on them may come out either way. What
the engine can do, the abstract case can do too (it may do more): what is found nowhere here happens in no case.
"""
