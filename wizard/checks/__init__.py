"""What is tried before anything is changed: the relay, the controllers, the people."""
