"""The password of the user who signs in at the proxy to the relay.

It is stored where the proxy's address names a user. Where none is named any more it is
forgotten, once the service is not given it: it would not start without a secret that it
lists. A wrong one is found when a plan is made: what is begun at a relay behind the
proxy could not be taken back through it either.
"""

from collections.abc import Sequence

from agent.config.secret_store import PROXY_PASSWORD
from agent.config.settings import Settings
from agent.relay_client.endpoint import RelayEndpoint
from wizard.enrolment.relay_client import PROXY_REFUSES, RelayFailed, ask
from wizard.enrolment.relay_route import requested_endpoint
from wizard.host.stored_secrets import keep_previous, put_back, trouble, usable
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check
from wizard.steps.keys import enrolment_stands

_TRIED_S = 10.0
_NEEDED = "proxy_password"


class ProxyPassword:
    """Stores the password."""

    name = "proxy"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        if wanted.relay.proxy_user is None:
            return ()
        way = requested_endpoint(wanted.relay, context)
        wrong = _wrong(way, context)
        if wrong is not None and wrong.needs:
            raise wrong
        if way.proxy_password == usable(PROXY_PASSWORD, context.host.secrets):
            return ()
        who = f"{wanted.relay.proxy_user} at the proxy {way.proxy}"
        summary = f"Stores the password of {who} in the secret store"
        told = {"names": [PROXY_PASSWORD]}
        before = told if context.host.secrets.holds(PROXY_PASSWORD) else None
        return (Change(self.name, summary, before, told),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - it goes with the keys
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:
        given = context.inputs.proxy_password
        if given is None:
            raise StepFailed("The proxy's password was not given.", "Give it again.")
        if change.before is not None:
            keep_previous(PROXY_PASSWORD, context.host.secrets)
        context.host.secrets.put(PROXY_PASSWORD, given)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        if enrolment_stands(context):
            raise StepFailed(
                "The relay is still to be told, and that takes this password.",
                "Roll back again when the relay answers.",
            )
        if change.before is not None:
            put_back(PROXY_PASSWORD, context.host.secrets)
        else:
            context.host.secrets.remove(PROXY_PASSWORD)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        user = wanted.relay.proxy_user
        if user is None:
            return ()
        way = requested_endpoint(wanted.relay, context)
        title = f"Sign-in at the proxy {way.proxy}"
        wrong = _wrong(way, context)
        if wrong is not None:
            return (Check(self.name, title, "failed", wrong.what, wrong.remedy),)
        return (Check(self.name, title, "ok", f"It lets {user} through."),)


class ProxyPasswordRemoval:
    """Forgets the password that no proxy takes any more."""

    name = "forgetting"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it depends on none
    ) -> Sequence[Change]:
        there = context.host.secrets.holds(PROXY_PASSWORD)
        if wanted.relay.proxy_user is not None or not there:
            return ()
        summary = "Forgets the password for the proxy: none is needed any more"
        told = {"names": [PROXY_PASSWORD]}
        return (Change(self.name, summary, told, None),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - it goes with the keys
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:  # noqa: ARG002
        keep_previous(PROXY_PASSWORD, context.host.secrets)
        context.host.secrets.remove(PROXY_PASSWORD)
        return {}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:  # noqa: ARG002
        put_back(PROXY_PASSWORD, context.host.secrets)

    def verify(
        self,
        wanted: Settings,  # noqa: ARG002 - one too many is nothing wrong
        context: Context,  # noqa: ARG002
    ) -> Sequence[Check]:
        return ()


def _wrong(way: RelayEndpoint, context: Context) -> StepFailed | None:
    """Say what is wrong with a password, or that it can't be said; None for nothing."""
    user = way.relay.proxy_user
    if way.proxy_password is None:
        why = (
            trouble(PROXY_PASSWORD, context.host.secrets)
            or f"It is not stored for {user}"
        )
        what = f"The password for the proxy {way.proxy} is needed. {why}."
        remedy = "Give it to writeback apply (proxy_password)."
        return StepFailed(what, remedy, _NEEDED)
    try:
        ask(way, "GET", "/", b"", {}, seconds=_TRIED_S)
    except RelayFailed as error:
        needs = _NEEDED if error.status == PROXY_REFUSES else ""
        return StepFailed(error.what, error.remedy, needs)
    return None
