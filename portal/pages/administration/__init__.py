"""The pages of administrators and auditors, each behind the one door of staff."""
