"""What Welcome is made of: answers that are there already, and what is shipped."""
