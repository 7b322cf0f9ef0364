"""Changes as data: planned, journaled, applied, rolled back."""
