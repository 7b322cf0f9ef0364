"""What administrators look at and do: figures, people, review, messages."""
