"""What happened at the portal: each step, in a chain that nobody changes unseen."""
