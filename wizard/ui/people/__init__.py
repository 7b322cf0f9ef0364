"""People on pages: lists of them, why one can't be reset, what was answered."""
