"""Why can't this person reset their own password: link by link, each with the remedy.

From the switch to the verdict, in the order in which the agent looks. What only a
portal knows, which verification methods somebody registered, is said to be so.
"""

from collections.abc import Iterator

from agent.config.self_service import SelfService
from agent.config.settings import Settings
from agent.self_service.eligibility import Eligibility, WhyNot, eligibility, offered
from agent.verdict.causes import CAUSES, Cause
from agent.verdict.membership import Membership
from agent.verdict.verdict import OperationVerdict, State, Verdict
from wire.operation import Operation
from wire.text import EMPTY, Text, listed, plural
from wizard.flow.pages.order import FIELDS
from wizard.flow.pages.self_service import KINDS
from wizard.results import Check
from wizard.results import State as CheckState

# of whom the agent never writes to, whatever the permissions are
_BEYOND = frozenset({Cause.OUTSIDE, Cause.DENY_LIST, Cause.OWN_ACCOUNT})
_STATES: dict[State, CheckState] = {
    State.YES: "ok",
    State.NO: "failed",
    State.UNKNOWN: "warning",
}
_KINDS = {option.value: option.label for option in FIELDS[KINDS].options}
_REMEDIES = {
    WhyNot.OFF: Text("Set self_service.who in the settings if this was not intended."),
    WhyNot.NO_MEMBER: Text(
        "Add the person to one of the groups if this was not intended."
    ),
    WhyNot.EXCEPTION: Text("Take the person off the exceptions if they should."),
    WhyNot.UNKNOWN_ENTRY: Text(
        "Correct or remove the entry in the settings: until then nobody may."
    ),
}


def self_service_chain(
    settings: Settings, membership: Membership, verdict: Verdict
) -> tuple[Check, ...]:
    """Give the links in order; where self-service is for nobody, that alone."""
    wished = settings.self_service
    if not wished.on:
        off = Text("Self-service is for nobody (self_service.who is none).")
        return (_row("switch", _SWITCH, "info", off, _REMEDIES[WhyNot.OFF]),)
    may = eligibility(wished, membership)
    return (
        _switch(settings),
        _who(wished, may),
        _registration(wished, may),
        _methods(may),
        *_directory(verdict.of(Operation.RESET)),
    )


def stops(chain: tuple[Check, ...]) -> bool:
    """Say whether a link keeps the person from a reset, as far as is known here."""
    return any(link.state != "ok" and link.id != _REGISTRATION_ID for link in chain)


_SWITCH = Text("Switch")
_REGISTRATION_ID = "self_service.registration"


def _row(
    name: str, title: Text, state: CheckState, detail: str, remedy: Text = EMPTY
) -> Check:
    return Check(f"self_service.{name}", title, state, detail, remedy)


def _switch(settings: Settings) -> Check:
    if not settings.features.password_writeback:
        off = Text("Password writeback is off on this agent.")
        remedy = Text("Turn it on in the wizard, or with writeback apply.")
        return _row("switch", _SWITCH, "failed", off, remedy)
    if Operation.RESET not in offered(settings.self_service):
        off = Text("Resets are off (self_service.operations.reset).")
        remedy = Text("Switch it on in the settings if people should reset.")
        return _row("switch", _SWITCH, "failed", off, remedy)
    return _row("switch", _SWITCH, "ok", Text("Self-service is on."))


def _who(wished: SelfService, may: Eligibility) -> Check:
    title = Text("Who may")
    if may.why_not is not None:
        remedy = _REMEDIES[may.why_not]
        return _row("who", title, "failed", may.reason, remedy)
    if wished.who == "all":
        return _row("who", title, "ok", Text("Everybody in the scope."))
    return _row("who", title, "ok", Text("By {entry}.", entry=may.entry))


def _registration(wished: SelfService, may: Eligibility) -> Check:
    known = Text(
        "Only the portal knows which verification methods the person registered; it "
        "keeps their receipts."
    )
    if wished.receipts != "required":
        known = Text(
            "Only the portal knows which verification methods the person registered."
        )
    remedy = Text(
        "Look the person up in the portal: who registered too few signs in there and "
        "registers more."
    )
    if may.allowed_from == "code":
        remedy = Text(
            "Look the person up in the portal: who registered too few gets a "
            "registration code from the help desk, signs in there with it and "
            "registers more."
        )
    elif may.allowed_from == "networks":
        remedy = Text(
            "Look the person up in the portal: who registered too few signs in there "
            "from one of the networks in the settings, or with a registration code "
            "from the help desk, and registers more."
        )
    return _row("registration", Text("Registration"), "info", known, remedy)


def _methods(may: Eligibility) -> Check:
    kinds = listed((_KINDS[kind] for kind in may.kinds), ", ")
    asked = plural(
        "{count} verification method is asked for, of: {kinds}.",
        "{count} different verification methods are asked for, of: {kinds}.",
        may.proofs,
        kinds=kinds,
    )
    if may.two_proof:
        asked = Text("{asked} Two are always asked of this person.", asked=asked)
    return _row("methods", Text("Verification methods"), "ok", asked)


def _directory(reset: OperationVerdict) -> Iterator[Check]:
    scope, verdict = Text("Scope"), Text("Verdict")
    if reset.cause in _BEYOND:
        yield _row("scope", scope, "failed", reset.shown_by, reset.remedy)
        return
    yield _row("scope", scope, "ok", Text("In the scope of this agent."))
    if reset.state is State.YES:
        yield _row("verdict", verdict, "ok", Text("A reset would work."))
        return
    why = Text(
        "{cause}: {shown}", cause=CAUSES[reset.cause].title, shown=reset.shown_by
    )
    yield _row("verdict", verdict, _STATES[reset.state], why, reset.remedy)
