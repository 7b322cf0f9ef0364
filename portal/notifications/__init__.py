"""Messages to people and administrators: their words, the queue, the ways they go."""
