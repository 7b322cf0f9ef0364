"""Active Directory's side of setting up: sign in, the account, discovery."""
