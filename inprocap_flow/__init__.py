"""inprocap-flow: procurement procedures as checked, compiled and audited state machines."""

__version__ = "0.1.0"
