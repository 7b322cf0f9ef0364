"""Connections from the Internet: how many, from whom, and for how long."""
