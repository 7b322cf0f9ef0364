"""Self-service on the wire: kinds of methods, what they are worth, receipts."""
