"""The domain as the agent knows it: users, protected groups, policies."""
