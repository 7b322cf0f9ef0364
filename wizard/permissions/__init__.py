"""What the agent's account may do: enough, and no more; reads only."""
