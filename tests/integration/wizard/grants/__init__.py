"""Grants of permissions on a real domain controller, and taking them back."""
