"""What needs root, for a wizard that runs as an ordinary user: a service on D-Bus."""
