"""Signing in to a portal, which gives the enrolment code by itself (RFC 8628)."""

import threading
from collections.abc import Callable

from agent.config.secret_store import AGENT_KEYS
from agent.config.settings import Relay
from wire.keys import BadKeys, PrivateKeys
from wire.secret import Secret
from wire.text import Text
from wizard.enrolment.keys import private_keys
from wizard.enrolment.portal_client import Portal, SignInFailed
from wizard.enrolment.relay_route import requested_endpoint
from wizard.host import stored_secrets
from wizard.inputs import Inputs
from wizard.plan.change import Context
from wizard.results import PortalAsked, SignedIn


class PortalSignIn:
    """Asks a portal for a code, as the agent that is here or is to come."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(
        self,
        portal: Relay,
        agent: str,
        inputs: Inputs,
        stop: threading.Event,
        report: Callable[[PortalAsked], None],
    ) -> SignedIn | None:
        """Ask, and wait until it is approved; None where it was stopped.

        Args:
            portal: its address, with the proxy and CA on the way to it, as of a relay.
            agent: what the agent is to be called.
            inputs: the keys of a sign-in before, and whether new ones are wanted.
            stop: set to wait no longer.
            report: hears what people do now, and when the portal is not reached.

        Raises:
            SignInFailed: no code was given, with the remedy.

        """
        context = self._context.with_inputs(inputs)
        keys, made = self._keys(context)
        endpoint = requested_endpoint(portal, context)
        given = Portal(endpoint, agent, keys).sign_in(stop, report)
        if given is None:
            return None
        return SignedIn(
            relay=given.link.relay,
            agent=agent,
            code=given.link.code.text,
            issuer=given.issuer,
            organization=given.organization,
            fingerprint=given.fingerprint,
            keys=made.reveal(),
        )

    def _keys(self, context: Context) -> tuple[PrivateKeys, Secret]:
        """Give the agent's keys, and the secret of those that are not stored yet."""
        given = context.inputs.agent_keys
        if given is not None:
            try:
                return PrivateKeys.of(given), given
            except BadKeys as error:
                raise SignInFailed(error.what, error.remedy) from None
        all_new = context.inputs.new_keys or context.is_copy
        held = stored_secrets.usable(AGENT_KEYS, context.host.secrets)
        if all_new or held is None:
            keys = PrivateKeys.generate()
            return keys, keys.secret()
        if not context.may_change():
            raise SignInFailed(
                Text("The agent's keys are used for this, and you may not use them."),
                Text("Use sudo writeback on a terminal, which does the same."),
            )
        return private_keys(AGENT_KEYS, context), Secret("")
