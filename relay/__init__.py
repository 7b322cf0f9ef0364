"""Where portals and agents meet: a self-hosted relay for those without Azure Relay."""
