"""A server with systemd: its units, its credentials, its files."""
