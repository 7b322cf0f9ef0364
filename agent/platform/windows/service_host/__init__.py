"""The process of the service `WritebackAgent`, whose child is the agent."""
