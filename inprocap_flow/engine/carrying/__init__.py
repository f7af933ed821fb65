"""A step as judged and carried out: what it needs, what its effects come to, what ends with it, what follows."""
