"""The enrolment at a relay: a one-use code for a connection of this agent's own.

The portal's statement comes from the relay, which is not trusted: it must be signed by
the key whose fingerprint the code carries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from agent.config import enrolment
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, SecretsUnavailable
from agent.config.settings import Relay, Settings
from agent.relay_client import clock_skew
from wire.failure import sentence
from wire.keys import PrivateKeys, spell_fingerprint
from wire.text import Text
from wizard.enrolment import relay_route
from wizard.enrolment.application import application, enrolment_of, parsed_code
from wizard.enrolment.clone import REKEY
from wizard.enrolment.keys import private_keys
from wizard.enrolment.relay_client import (
    SET_CLOCK,
    Application,
    RelayFailed,
    clock_ahead,
    enrol,
    knows,
    withdraw,
)
from wizard.enrolment.withdrawal import Withdrawal, relay_of, withdraw_former
from wizard.host.stored_secrets import previous, usable
from wizard.plan.change import (
    Begun,
    Change,
    Context,
    Facts,
    NothingDone,
    StepFailed,
)
from wizard.plan.step import Restart, Step, Target, put_text, refuse_changed, text_of
from wizard.results import Check
from wizard.steps.keys import Keys, replaced_keys

_CLOCK_S = 10.0
_NAME_TAKEN = 409


class Undo(Enum):
    """What taking an enrolment back does at the relay.

    Withdrawn there, an agent is gone: also one that was enrolled before.
    """

    WITHDRAW = "withdraw"
    KEEP = "keep"  # the same keys under the same name were enrolled before
    # the address of before may be one more of the same relay: who else would know the
    # code that was made here?
    ASK_RELAY = "ask the relay"


@dataclass(frozen=True)
class EnrolmentChange:
    """An enrolment that is made, as a change tells of it.

    `former` is the relay where the same name is enrolled so far; None for the same.
    `code` is the hash that names the code; empty where no relay would be asked for it.
    """

    relay: Relay
    agent: str
    undo: Undo
    former: Relay | None = None
    code: str = ""

    @classmethod
    def of(cls, change: Change) -> Self:
        """Read the facts of a change, also as an older version wrote them."""
        facts = change.after
        assert facts is not None
        former, code = facts.get("former"), facts.get("code") or ""
        undo = Undo.WITHDRAW
        if facts.get("stood"):
            undo = Undo.KEEP
        elif former is not None and code:
            undo = Undo.ASK_RELAY
        relay = Relay.model_validate(facts["relay"])
        old = None if former is None else Relay.model_validate(former)
        return cls(relay, str(facts["agent"]), undo, old, code)

    def facts(self) -> dict[str, Any]:
        """Give the facts of a change, as `of` reads them."""
        facts: dict[str, Any] = {"agent": self.agent}
        facts |= {"relay": self.relay.model_dump(mode="json")}
        facts |= {"stood": self.undo is Undo.KEEP}
        if self.code:
            former = self.former and self.former.model_dump(mode="json")
            facts |= {"code": self.code, "former": former}
        return facts


class EnrolmentStep(Step):
    """Enrols the agent, or moves it to another relay."""

    name = "enrolment"
    restart = Restart.RELOAD

    def plan(self, target: Target) -> Sequence[Change]:
        settings, context = target.settings, target.context
        text = context.host.read(context.host.places.enrolment)
        # a relay and a portal know the keys: new ones are enrolled anew
        new_keys = target.changes_of(Keys.name)
        if _fits(context.enrolment, settings) and not new_keys:
            return ()
        _refuse_name_of_original(settings, context)
        code = parsed_code(context)
        _refuse_wrong_clock(settings.relay, context)
        planned = _planned(text, code.lookup, target)
        summary = Text(
            "Enrols the agent {agent} at {relay}. Compare with your portal: its "
            "fingerprint begins with {portal}",
            agent=settings.agent,
            relay=settings.relay.url,
            portal=spell_fingerprint(code.portal),
        )
        before = None if text is None else {"text": text}
        return (Change(self.name, summary, before, planned.facts()),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        text = context.host.read(context.host.places.enrolment)
        if text is None:
            return ()
        settings, withdrawal = context.settings, Withdrawal(text, None)
        summary = Text("Removes the enrolment; the relay's owner must forget the agent")
        if context.belongs_to_original:
            summary = Text("Removes the copied enrolment; the original keeps its own")
            withdrawal = Withdrawal(text, None, copied=True)
        elif settings is not None:
            relay, agent = settings.relay, settings.agent
            withdrawal = Withdrawal(text, relay, agent, relay.proxy)
            summary = Text(
                "Withdraws the agent {agent} from {relay}", agent=agent, relay=relay.url
            )
        return (Change(self.name, summary, withdrawal.facts(), None, final=True),)

    def refuse_stale(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            place = context.host.places.enrolment
            refuse_changed(place, text_of(change.before), context)

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            detail = withdraw_former(Withdrawal.of(change.before), context)
            context.host.remove(context.host.places.enrolment)
            return {"told": detail}
        planned, code = EnrolmentChange.of(change), parsed_code(context)
        try:
            answer = _enrol(change, application(planned.agent, code, context), context)
        except RelayFailed as error:
            if error.reached:
                raise
            raise NothingDone(error.what, error.remedy) from error
        made = enrolment_of(planned.relay, planned.agent, answer, code, context)
        context.host.write(context.host.places.enrolment, enrolment.dump(made))
        return {"listen_key_name": made.listen_key_name}

    def undo(self, begun: Begun, context: Context) -> None:
        planned = EnrolmentChange.of(begun.change)
        known = usable(AGENT_KEYS, context.host.secrets) is not None
        if known and _withdraws(planned, context):
            # also when it was cut off: the relay may have taken the code; one that
            # was enrolled with other keys is none of ours to withdraw, and stays
            endpoint = relay_route.stored_endpoint(planned.relay, context)
            withdraw(endpoint, planned.agent, private_keys(AGENT_KEYS, context))
        before = text_of(begun.change.before)
        put_text(context.host.places.enrolment, before, context)

    def reversal(self, change: Change) -> Text:
        if change.after is None:
            return super().reversal(change)
        if change.before is None:
            return Text(
                "Withdraws the agent from the relay. The enrolment code stays used: "
                "another one is needed then."
            )
        return Text("Puts back the enrolment of before. The code stays used.")

    def left(self, begun: Begun, context: Context) -> Text:
        if begun.change.after is None:
            return begun.change.summary
        planned = EnrolmentChange.of(begun.change)
        return Text(
            "The agent {agent} at {relay}, if it took the code, and {path}: its owner "
            "forgets it by writeback-relay forget {agent}.",
            agent=planned.agent,
            relay=planned.relay.url,
            path=str(context.host.places.enrolment),
        )

    def verify(self, target: Target) -> Sequence[Check]:
        settings, context = target.settings, target.context
        title = Text("Enrolment at {relay}", relay=settings.relay.url)
        anew = Text("Apply the settings with a new enrolment code.")
        try:
            made = context.load_enrolment()
        except EnrolmentError as error:
            return (Check(self.name, title, "failed", error.what, anew),)
        if context.is_copy:
            detail = Text("It was made on another machine: this one is a copy of it.")
            return (Check(self.name, title, "failed", detail, REKEY),)
        if not _fits(made, settings):
            detail = Text(
                "It is enrolled at {relay} as {agent}.",
                relay=made.relay_url,
                agent=made.connection,
            )
            return (Check(self.name, title, "failed", detail, anew),)
        detail = Text(
            "Takes requests of {portal}, whose fingerprint is {fingerprint}: compare "
            "it with your portal.",
            portal=made.portal_issuer,
            fingerprint=made.portal_fingerprint,
        )
        return (Check(self.name, title, "ok", detail),)


def _planned(text: str | None, code: str, target: Target) -> EnrolmentChange:
    """Decide what taking it back will have to do; `text` may be damaged."""
    wanted = target.settings
    same = text is not None and _fits_name(text, target)
    if {AGENT_KEYS, LISTEN_KEY} & replaced_keys(target):  # known to a relay
        return EnrolmentChange(wanted.relay, wanted.agent, Undo.WITHDRAW)
    former = _former(wanted, target.context)
    undo = Undo.WITHDRAW if former is None else Undo.ASK_RELAY
    undo = Undo.KEEP if same else undo
    return EnrolmentChange(wanted.relay, wanted.agent, undo, former, code)


def _former(wanted: Settings, context: Context) -> Relay | None:
    """Give the relay where the same name is enrolled so far, if it is another."""
    made = context.enrolment
    if made is None or made.connection != wanted.agent:
        return None
    return relay_of(made, context) if made.relay_url != wanted.relay.url else None


def _withdraws(planned: EnrolmentChange, context: Context) -> bool:
    """Say whether taking it back withdraws it."""
    if planned.undo is not Undo.ASK_RELAY or planned.former is None:
        return planned.undo is Undo.WITHDRAW
    endpoint = relay_route.former_endpoint(planned.former, planned.relay.proxy, context)
    try:
        return not knows(endpoint, planned.code)
    except RelayFailed:
        return True


def _refuse_name_of_original(wanted: Settings, context: Context) -> None:
    """Have a copy take another name: the original listens on the old one."""
    made = context.enrolment
    if made and made.connection == wanted.agent and context.belongs_to_original:
        what = Text(
            "This machine is a copy, and the original is called {agent} too.",
            agent=wanted.agent,
        )
        raise StepFailed(what, REKEY)


def _refuse_wrong_clock(relay: Relay, context: Context) -> None:
    """Begin nothing where the link would be refused, and taking it back too.

    Enrolling takes no token, so it would be the first thing that works.
    """
    ahead = clock_ahead(relay_route.requested_endpoint(relay, context), _CLOCK_S)
    if ahead is not None and abs(ahead) > clock_skew.LIMIT_S:
        raise StepFailed(sentence(clock_skew.describe_skew(ahead)), SET_CLOCK)


def _enrol(change: Change, agent: Application, context: Context) -> Mapping[str, Any]:
    """Enrol; where the agent has the name under keys that it replaces, it leaves first.

    The relay refuses that last: the code is good, so it does not end without either.
    """
    planned = EnrolmentChange.of(change)
    endpoint = relay_route.stored_endpoint(planned.relay, context)
    try:
        return enrol(endpoint, agent)
    except RelayFailed as error:
        former = _replaced_keys(change, context)
        if error.status != _NAME_TAKEN or former is None:
            raise
    withdraw(endpoint, planned.agent, former)
    return enrol(endpoint, agent)


def _replaced_keys(change: Change, context: Context) -> PrivateKeys | None:
    """Give the keys of this machine's enrolment that the plan replaces, if they read.

    None for a copy too: what it holds is the original's.
    """
    if change.before is None or context.belongs_to_original:
        return None
    try:
        return private_keys(previous(AGENT_KEYS), context)
    except (StepFailed, SecretsUnavailable):
        return None


def _fits_name(text: str, target: Target) -> bool:
    """Say whether an enrolment, also one that is damaged, is of this name and relay."""
    made, wanted = target.context.enrolment, target.settings
    if made is None:
        # each as JSON spells it, whole
        return f'"{wanted.relay.url}"' in text and f'"{wanted.agent}"' in text
    return _fits(made, wanted)


def _fits(made: Enrolment | None, wanted: Settings) -> bool:
    if made is None:
        return False
    return (made.relay_url, made.connection) == (wanted.relay.url, wanted.agent)
