"""Parts of Ready to configure: plan, choices, who is reached, report."""
