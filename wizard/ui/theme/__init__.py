"""Colours, spacing, style, icons."""
