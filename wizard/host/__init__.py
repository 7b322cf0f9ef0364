"""The machine, as the steps see it."""
