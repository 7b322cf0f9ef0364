"""Tests of the pages of those who work here."""
