"""The relay's side of setting up: enrol, withdraw, test."""
