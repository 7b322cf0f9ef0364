"""What an agent hands in at a relay with its code, and what it makes of the answer."""

import base64
from collections.abc import Mapping
from typing import Any

from agent.config.enrolment import Enrolment
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, SELF_TEST_KEYS, TEST_KEY
from agent.config.settings import Relay
from wire import enrolment_code as codes
from wire.failure import sentence
from wire.keys import BadKeys, fingerprint_digest
from wire.names import self_test_issuer
from wire.secret import Secret
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
            Text("Ask the owner of the relay for one."),
            "enrolment_code",
        )
    try:
        return codes.parse(code_text.reveal())
    except codes.BadCode as error:
        remedy = Text("Type it again, or ask for a new one.")
        raise StepFailed(sentence(str(error)), remedy) from None


def application(agent: str, code: codes.EnrolmentCode, context: Context) -> Application:
    return Application(
        agent=agent,
        keys=private_keys(AGENT_KEYS, context).public.jwks(),
        code_secret=Secret(base64.urlsafe_b64encode(code.secret).decode()),
        listen_key=stored_secret(LISTEN_KEY, context),
        test_key=stored_secret(TEST_KEY, context),
    )


def enrolment_of(
    relay: Relay,
    agent: str,
    answer: Mapping[str, Any],
    code: codes.EnrolmentCode,
    context: Context,
) -> Enrolment:
    try:
        portal = answer["portal"]
        proven = code.is_for(fingerprint_digest(portal["keys"]))
        made = Enrolment(
            relay_url=relay.url,
            connection=str(answer["connection"]),
            listen_key_name=str(answer["listen_key_name"]),
            test_key_name=str(answer["test_key_name"]),
            portal_issuer=str(portal["issuer"]),
            portal_keys=tuple(portal["keys"]),
            self_test_issuer=self_test_issuer(agent),
            self_test_keys=tuple(private_keys(SELF_TEST_KEYS, context).public.jwks()),
            machine=context.host.machine,
        )
    except (KeyError, TypeError, BadKeys) as error:
        raise RelayFailed(200, Text("The relay's answer is not whole."), "") from error
    if not proven:
        raise StepFailed(
            Text("The relay gave other portal keys than the code was made for."),
            DO_NOT_TRUST,
        )
    return made
