"""The password of the user who signs in at the proxy to the relay.

It is stored where the proxy's address names a user. Where none is named any more it is
forgotten, once the service is not given it: it would not start without a secret that it
lists. A wrong one is found when a plan is made: what is begun at a relay behind the
proxy could not be taken back through it either.
"""

from collections.abc import Sequence

from agent.config.secret_store import PROXY_PASSWORD
from agent.relay_client.endpoint import RelayEndpoint
from wire.text import Text
from wizard.enrolment.relay_client import PROXY_REFUSES, RelayFailed, ask
from wizard.enrolment.relay_route import requested_endpoint
from wizard.host import stored_secrets
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.history import enrolment_stands
from wizard.plan.step import Restart, Step, Target
from wizard.results import Check

_TRIED_S = 10.0
_NEEDED = "proxy_password"


class ProxyPassword(Step):
    """Stores the password."""

    name = "proxy"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        relay, secrets = target.settings.relay, target.context.host.secrets
        if relay.proxy_user is None:
            return ()
        endpoint = requested_endpoint(relay, target.context)
        failure = _failure(endpoint, target.context)
        if failure is not None and failure.needs:
            raise failure
        if endpoint.proxy_password == stored_secrets.usable(PROXY_PASSWORD, secrets):
            return ()
        summary = Text(
            "Stores the password of {user} at the proxy {proxy} in the secret store",
            user=relay.proxy_user,
            proxy=str(endpoint.proxy),
        )
        after = {"names": [PROXY_PASSWORD]}
        before = after if secrets.holds(PROXY_PASSWORD) else None
        return (Change(self.name, summary, before, after),)

    def apply(self, change: Change, context: Context) -> Facts:
        password = context.inputs.proxy_password
        if password is None:
            remedy = Text("Give it again.")
            raise StepFailed(Text("The proxy's password was not given."), remedy)
        if change.before is not None:
            stored_secrets.keep_previous(PROXY_PASSWORD, context.host.secrets)
        context.host.secrets.put(PROXY_PASSWORD, password)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        if enrolment_stands(context):
            what = Text(
                "The relay must still be informed, and that needs this password."
            )
            raise StepFailed(what, Text("Roll back again when the relay answers."))
        replaced = begun.change.before is not None
        stored_secrets.take_back(
            PROXY_PASSWORD, context.host.secrets, replaced=replaced
        )

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        return Text("The proxy's password in the secret store of this machine.")

    def verify(self, target: Target) -> Sequence[Check]:
        user = target.settings.relay.proxy_user
        if user is None:
            return ()
        endpoint = requested_endpoint(target.settings.relay, target.context)
        title = Text("Sign-in at the proxy {proxy}", proxy=str(endpoint.proxy))
        failure = _failure(endpoint, target.context)
        if failure is not None:
            return (Check(self.name, title, "failed", failure.what, failure.remedy),)
        detail = Text("It lets {user} through.", user=user)
        return (Check(self.name, title, "ok", detail),)


class ProxyPasswordRemoval(Step):
    """Forgets the password that no proxy takes any more."""

    name = "forgetting"

    def plan(self, target: Target) -> Sequence[Change]:
        there = target.context.host.secrets.holds(PROXY_PASSWORD)
        if target.settings.relay.proxy_user is not None or not there:
            return ()
        summary = Text("Forgets the password for the proxy: none is needed any more")
        return (Change(self.name, summary, {"names": [PROXY_PASSWORD]}, None),)

    def apply(self, change: Change, context: Context) -> Facts:
        for name in change.secret_names:
            stored_secrets.keep_previous(name, context.host.secrets)
            context.host.secrets.remove(name)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        for name in begun.change.secret_names:
            stored_secrets.put_back(name, context.host.secrets)


def _failure(endpoint: RelayEndpoint, context: Context) -> StepFailed | None:
    """Say what is wrong with a password, or that it can't be said; None for nothing."""
    user = endpoint.relay.proxy_user
    if endpoint.proxy_password is None:
        why = stored_secrets.trouble(PROXY_PASSWORD, context.host.secrets)
        what = Text(
            "The password for the proxy {proxy} is needed. {why}.",
            proxy=str(endpoint.proxy),
            why=why or Text("It is not stored for {user}", user=str(user)),
        )
        remedy = Text("Give it to writeback apply (proxy_password).")
        return StepFailed(what, remedy, _NEEDED)
    try:
        ask(endpoint, "GET", "/", b"", {}, seconds=_TRIED_S)
    except RelayFailed as error:
        needs = _NEEDED if error.status == PROXY_REFUSES else ""
        return StepFailed(error.what, error.remedy, needs)
    return None
