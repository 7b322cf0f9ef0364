"""Tests of the pages of administrators and auditors."""
