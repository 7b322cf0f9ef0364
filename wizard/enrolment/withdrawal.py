"""Withdrawing an agent from a relay that it leaves."""

from dataclasses import dataclass
from typing import Any, Self

from agent.config.enrolment import Enrolment
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, SecretsUnavailable
from agent.config.settings import Relay
from wire.text import EMPTY, Text, listed
from wizard.enrolment.keys import private_keys
from wizard.enrolment.relay_client import RelayFailed, knows, withdraw
from wizard.enrolment.relay_route import former_endpoint
from wizard.plan.change import Context, Facts, StepFailed

_TO_FORGET = Text("Its owner must forget this agent (writeback-relay forget).")


@dataclass(frozen=True)
class Withdrawal:
    """An enrolment (its file's text) that is given up, as a change tells of it.

    Where no settings tell the relay, nobody can be asked, and the agent's name is
    empty. `proxy` is the one to come, whose password is stored by then; `key` names the
    keys by which the relay knows the agent. `code` is of the enrolment that replaces
    this one under the same name. A copied one is another machine's, and stays.
    """

    text: str
    relay: Relay | None
    agent: str = ""
    proxy: str | None = None
    key: str = AGENT_KEYS
    code: str | None = None
    copied: bool = False

    @classmethod
    def of(cls, before: Facts | None) -> Self:
        """Read the facts of a change, also as an older version wrote them."""
        assert before is not None
        relay = before["relay"] and Relay.model_validate(before["relay"])
        return cls(
            text=before["text"],
            relay=relay or None,
            agent=str(before.get("agent", "")),
            proxy=before.get("proxy", relay.proxy if relay else None),
            key=_signing_keys(str(before.get("key", AGENT_KEYS))),
            code=before.get("code"),
            copied=bool(before.get("copied")),
        )

    def facts(self) -> dict[str, Any]:
        """Give the facts of a change, as `of` reads them."""
        relay = self.relay and self.relay.model_dump(mode="json")
        facts = {"text": self.text, "relay": relay, "agent": self.agent}
        facts |= {"proxy": self.proxy, "key": self.key}
        optional = {"code": self.code, "copied": self.copied}
        return facts | {name: value for name, value in optional.items() if value}


def withdraw_former(withdrawal: Withdrawal, context: Context) -> Text:
    """Withdraw at the relay; say why not, where it can't be: the plan goes on."""
    if withdrawal.copied:
        return EMPTY
    try:
        if not context.host.secrets.holds(withdrawal.key) or withdrawal.relay is None:
            return Text("The relay was not asked. {remedy}", remedy=_TO_FORGET)
        endpoint = former_endpoint(withdrawal.relay, withdrawal.proxy, context)
        if withdrawal.code is not None and knows(endpoint, withdrawal.code):
            return Text(
                "It is the same relay by another address: nothing is withdrawn."
            )
        withdraw(endpoint, withdrawal.agent, private_keys(withdrawal.key, context))
    except (RelayFailed, SecretsUnavailable, StepFailed) as error:
        return listed((error.whole, _TO_FORGET), " ")
    return EMPTY


def _signing_keys(name: str) -> str:
    """Name the keys that withdraw, for a journal of when a Listen key did."""
    return name.replace(LISTEN_KEY, AGENT_KEYS)


def relay_of(made: Enrolment, context: Context) -> Relay:
    """Give its relay with the CA and proxy, where the settings still have them."""
    settings = context.settings
    relay = settings.relay if settings else None
    return relay if relay and relay.url == made.relay_url else Relay(url=made.relay_url)
