"""Keys that change while the agent runs: its own to seal to, and its portal's."""
