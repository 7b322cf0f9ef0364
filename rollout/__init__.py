"""Rollout materials: what people and help desks get, by the policy in force."""
