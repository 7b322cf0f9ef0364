"""A plan as a document for a change board: what is decided, in sections of items."""
