"""The board of domain controllers: a list in which each row says how it is."""
