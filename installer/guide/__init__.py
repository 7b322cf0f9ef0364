"""The guide for administrators: docs/guide made into HTML by Sphinx."""
