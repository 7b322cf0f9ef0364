"""The outbound connection to the relay."""
