"""Editors, panels, tables and pieces of text."""
