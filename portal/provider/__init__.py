"""The organization's identity provider, where people may sign in (OpenID Connect)."""
