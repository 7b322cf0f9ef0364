"""The rollout materials."""
