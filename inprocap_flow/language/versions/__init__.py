"""Two versions of one procedure: what they share, what a plan says of the rest, and a first draft of such a plan."""
