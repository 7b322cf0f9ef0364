"""Why somebody could not sign in at the provider; never in the provider's words."""


class ProviderError(Exception):
    """The text is for the log and the audit: it holds no value of a peer."""


class ProviderAway(ProviderError):
    """The provider can't be asked now."""


class ProviderRefused(ProviderError):
    """What came back is none that is taken, or says that somebody did not sign in."""
