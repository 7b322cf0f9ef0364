"""Audit records on the disk: a hash chain over lines, files that rotate, a check."""
