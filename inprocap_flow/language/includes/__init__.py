"""Blocks put into procedures. Only this package knows that there are blocks; what comes out is one document."""
