"""The commands of the portal's owner: set up, serve, and what agents need of it."""
