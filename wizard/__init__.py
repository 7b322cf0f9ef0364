"""Sets an agent up; could be removed when done."""
