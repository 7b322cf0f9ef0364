"""The database of a relay: its records, its schema, who may open it."""
