"""The calls of the elevation carried over D-Bus."""
