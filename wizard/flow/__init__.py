"""Questions without a screen: pages, conditions, answers."""
