"""Whole machines with a real systemd, booted in a network of their own."""
