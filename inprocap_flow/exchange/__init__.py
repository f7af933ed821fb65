"""What goes out to other programs and comes in from them, in formats that others have defined."""
