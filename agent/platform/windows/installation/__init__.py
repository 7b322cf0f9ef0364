"""What is set up on a Windows machine: how it should be, and how it is found."""
