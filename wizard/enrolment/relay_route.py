"""The way to a relay, with the stored proxy password."""

from agent.config.secret_store import PROXY_PASSWORD
from agent.config.settings import Relay
from agent.config.validators import proxy_user
from agent.relay_client.endpoint import RelayEndpoint
from wizard.host.stored_secrets import previous, usable
from wizard.plan.change import Context


def stored_endpoint(relay: Relay, context: Context) -> RelayEndpoint:
    """Give the way to a relay with what is stored for its proxy."""
    user = relay.proxy_user
    return RelayEndpoint(
        relay, None if user is None else usable(PROXY_PASSWORD, context.host.secrets)
    )


def requested_endpoint(relay: Relay, context: Context) -> RelayEndpoint:
    """Give the way to a relay by what was given, before anything is stored for it.

    What is stored for another proxy, or another user, is nothing to be tried here.
    """
    if context.inputs.proxy_password is not None:
        return RelayEndpoint(relay, context.inputs.proxy_password)
    settings = context.settings
    if settings is None or settings.relay.proxy != relay.proxy:
        return RelayEndpoint(relay)
    return stored_endpoint(relay, context)


def former_endpoint(old: Relay, proxy: str | None, context: Context) -> RelayEndpoint:
    """Give the way to a relay that is left, while the plan for it is not done.

    Where the proxy to come is another than that of before, its password is kept.
    """
    kept = usable(previous(PROXY_PASSWORD), context.host.secrets)
    # where none is needed any more, that of before may not be forgotten yet
    stands = kept is None and proxy_user(proxy or "") is None
    if stands or proxy == old.proxy:
        return stored_endpoint(old, context)
    return RelayEndpoint(old, kept)
