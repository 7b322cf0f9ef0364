"""Codes that are sent: the ways that they go, sent in a visit, taken back."""
