"""What portal, relay and agent say to each other; imports nothing of theirs."""
