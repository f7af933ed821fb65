"""How something is said: channels that carry one parcel each, and the queue for several machines. Knows no cases."""
