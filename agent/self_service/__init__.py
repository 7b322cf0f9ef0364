"""Self-service: who may reset their own password, and what must be proven before."""
