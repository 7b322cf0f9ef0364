"""Parts of Domains and OUs: tree, finder, what a tick means, what is chosen."""
