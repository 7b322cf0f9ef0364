"""What an agent hands in at a relay with its code, and what it makes of the answer."""

from collections.abc import Mapping
from typing import Any

from agent.config.enrolment import Enrolment
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, SELF_TEST_KEYS, TEST_KEY
from agent.config.settings import Relay
from wire import enrolment_code as codes
from wire import names
from wire.failure import sentence
from wire.names import self_test_issuer
from wire.outcomes import Refused
from wire.portal_statement import PortalStatement
from wire.text import Text
from wizard.enrolment.keys import private_keys, stored_secret
from wizard.enrolment.relay_client import DO_NOT_TRUST, Application, RelayFailed
from wizard.plan.change import Context, StepFailed


def parsed_code(context: Context) -> codes.EnrolmentCode:
    """Give the code as it was typed; `StepFailed`: there is none, or it is mistyped."""
    code_text = context.inputs.enrolment_code
    if code_text is None:
        raise StepFailed(
            Text("An enrolment code is needed."),
            Text("Ask the owner of the portal for one."),
            "enrolment_code",
        )
    try:
        return codes.parse(code_text.reveal())
    except codes.BadCode as error:
        remedy = Text("Type it again, or ask for a new one.")
        if error.rule is codes.Rule.HALF:
            remedy = Text("Ask them for it.")
        raise StepFailed(sentence(str(error)), remedy) from None


def application(agent: str, code: codes.EnrolmentCode, context: Context) -> Application:
    return Application(
        agent=agent,
        keys=private_keys(AGENT_KEYS, context),
        code_secret=code.secret,
        listen_key=stored_secret(LISTEN_KEY, context),
        test_key=stored_secret(TEST_KEY, context),
    )


def proven_portal(statement: object, code: codes.EnrolmentCode) -> PortalStatement:
    """Give the portal's statement as a relay handed it on, when the code proves it.

    StepFailed where the relay, or who holds it, put in another. Issuer and sealing
    keys are signed by the key whose fingerprint the code has.
    """
    try:
        stated = PortalStatement.read(statement)
    except Refused as error:
        what = Text(
            "The relay gives no statement of a portal: {why}.", why=error.detail
        )
        raise StepFailed(what, DO_NOT_TRUST) from error
    if not code.is_for(stated.digest):
        what = Text("The relay gave another portal's keys than the code was made for.")
        raise StepFailed(what, DO_NOT_TRUST)
    return stated


def enrolment_of(
    relay: Relay,
    agent: str,
    answer: Mapping[str, Any],
    code: codes.EnrolmentCode,
    context: Context,
) -> Enrolment:
    portal = proven_portal(answer.get("portal"), code)
    if answer.get("connection") != agent:
        what = Text("The relay answers for another agent than {agent}.", agent=agent)
        raise StepFailed(what, DO_NOT_TRUST)
    try:
        listen, test = (
            names.key_name(str(answer[f"{name}_key_name"]))
            for name in ("listen", "test")
        )
    except (KeyError, ValueError) as error:
        raise RelayFailed(200, Text("The relay's answer is not whole."), "") from error
    return Enrolment(
        relay_url=relay.url,
        connection=agent,
        listen_key_name=listen,
        test_key_name=test,
        portal_issuer=portal.issuer,
        portal_keys=tuple(portal.keys.jwks()),
        self_test_issuer=self_test_issuer(agent),
        self_test_keys=tuple(private_keys(SELF_TEST_KEYS, context).public.jwks()),
        machine=context.host.machine,
    )
