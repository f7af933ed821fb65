"""One folder for each way out of the house; each has a ``Channel`` that sends one parcel."""
