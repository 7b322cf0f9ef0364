"""Runs for years as a service: no Qt, no installer."""
