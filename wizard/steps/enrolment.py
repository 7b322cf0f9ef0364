"""The enrolment at a relay: a one-use code for a connection of this agent's own.

The portal's keys come from the relay, which is not trusted: they must have the
fingerprint that the code carries.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.config import enrolment
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.errors import SettingsError
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY
from agent.config.settings import Relay, Settings
from agent.config.settings_file import parse as parse_settings
from agent.relay_client import clock_skew
from wire.failure import sentence
from wire.secret import Secret
from wizard.enrolment.application import application, enrolment_of, parsed_code, stored
from wizard.enrolment.clone import REKEY, is_copied, is_the_originals
from wizard.enrolment.relay_client import (
    SET_CLOCK,
    Application,
    RelayFailed,
    clock_ahead,
    enrol,
    knows,
    withdraw,
)
from wizard.enrolment.relay_route import (
    former_endpoint,
    requested_endpoint,
    stored_endpoint,
)
from wizard.host.stored_secrets import usable
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check


class EnrolmentStep:
    """Enrols the agent, or moves it to another relay."""

    name = "enrolment"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],
    ) -> Sequence[Change]:
        text = context.host.read(context.host.places.enrolment)
        # a relay and a portal know the keys: new ones are enrolled anew
        new_keys = any(change.step == "keys" for change in earlier)
        if text is not None and _fits(text, wanted) and not new_keys:
            return ()
        _refuse_name_of_original(text, wanted, context)
        code = parsed_code(context)
        _refuse_wrong_clock(wanted.relay, context)
        summary = f"Enrols the agent {wanted.agent} at {wanted.relay.url}"
        after: dict[str, Any] = {"agent": wanted.agent}
        after |= {"relay": wanted.relay.model_dump(mode="json")}
        # the same keys under the same name: taking that back would end what stood
        stood = text is not None and _fits_name(text, wanted)
        replaced = _replaced_keys(earlier)
        known = {AGENT_KEYS, LISTEN_KEY} & replaced  # by a relay
        after["stood"] = stood and not known
        after["own"] = stood and known == {AGENT_KEYS}
        if not known:
            after |= {"code": code.lookup, "former": _former(text, wanted, context)}
        before = None if text is None else {"text": text}
        return (Change(self.name, summary, before, after),)

    def plan_removal(
        self, settings: Settings | None, context: Context
    ) -> Sequence[Change]:
        text = context.host.read(context.host.places.enrolment)
        if text is None:
            return ()
        before: dict[str, Any] = {"text": text, "relay": None}
        summary = "Removes the enrolment; the relay's owner must forget the agent"
        if is_the_originals(context):
            summary = "Removes the copied enrolment; the original keeps its own"
            before["copied"] = True
        elif settings is not None:
            before["relay"] = settings.relay.model_dump(mode="json")
            before["agent"] = settings.agent
            summary = f"Withdraws the agent {settings.agent} from {settings.relay.url}"
        return (Change(self.name, summary, before, None, final=True),)

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            said = withdrawn(change, usable(LISTEN_KEY, context.host.secrets), context)
            context.host.remove(context.host.places.enrolment)
            return {"told": said}
        relay, agent = _named(change)
        code = parsed_code(context)
        told = _enrolled(change, application(agent, code, context), context)
        made = enrolment_of(relay, agent, told, code, context)
        context.host.write(context.host.places.enrolment, enrolment.dump(made))
        return {"listen_key_name": made.listen_key_name}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        relay, agent = _named(change)
        key = usable(LISTEN_KEY, context.host.secrets)
        if key is not None and not _stood(change, made, context):
            # also when it was cut off: the relay may have taken the code
            name = made["listen_key_name"] if made else "listen"
            withdraw(stored_endpoint(relay, context), agent, key, name)
        place = context.host.places.enrolment
        if change.before is None:
            context.host.remove(place)
        else:
            context.host.write(place, change.before["text"])

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        title = f"Enrolment at {wanted.relay.url}"
        try:
            made = enrolment.load(context.host.places.enrolment)
        except EnrolmentError as error:
            remedy = "Apply the settings with a new enrolment code."
            return (Check("enrolment", title, "failed", str(error), remedy),)
        if is_copied(context):
            told = "It was made on another machine: this one is a copy of it."
            return (Check("enrolment", title, "failed", told, REKEY),)
        if (made.relay_url, made.connection) != (wanted.relay.url, wanted.agent):
            told = f"It is enrolled at {made.relay_url} as {made.connection}."
            remedy = "Apply the settings with a new enrolment code."
            return (Check("enrolment", title, "failed", told, remedy),)
        told = f"Takes requests of {made.portal_issuer}."
        return (Check("enrolment", title, "ok", told),)


def withdrawn(change: Change, key: Secret | None, context: Context) -> str:
    """Withdraw at the relay; say why not, where it can't be: the plan goes on."""
    assert change.before is not None
    if change.before.get("copied"):
        return ""
    told = change.before["relay"]
    try:
        name = enrolment.parse(change.before["text"], "enrolment").listen_key_name
        if key is not None and told is not None:
            relay = Relay.model_validate(told)
            way = former_endpoint(
                relay, change.before.get("proxy", relay.proxy), context
            )
            code = change.before.get("code")
            if code is not None and knows(way, code):
                return "It is the same relay by another address: nothing is withdrawn."
            withdraw(way, str(change.before["agent"]), key, name)
            return ""
    except (EnrolmentError, RelayFailed) as error:
        return f"{error} {_TO_FORGET}"
    return f"The relay was not asked. {_TO_FORGET}"


_TO_FORGET = "Its owner must forget this agent (writeback-relay forget)."


def relay_of(made: Enrolment, context: Context) -> Relay:
    """Give its relay with the CA and proxy, where the settings still have them."""
    text = context.host.read(context.host.places.settings)
    try:
        found = parse_settings(text or "").relay
    except SettingsError:
        found = None
    return found if found and found.url == made.relay_url else Relay(url=made.relay_url)


def _former(text: str | None, wanted: Settings, context: Context) -> Facts | None:
    """Give the address where the same name is enrolled so far, if there is another."""
    try:
        made = None if text is None else enrolment.parse(text, "enrolment")
    except EnrolmentError:
        return None
    if made is None or made.connection != wanted.agent:
        return None
    moves = made.relay_url != wanted.relay.url
    return relay_of(made, context).model_dump(mode="json") if moves else None


def _stood(change: Change, made: Facts | None, context: Context) -> bool:
    """Say whether the enrolment stood before: withdrawn now, it would be gone.

    One that was refused did not replace the agent's own; one that was cut off may
    have, and is replaced by the next.

    So it did where the former address is one more of the same relay: who else knows
    the code that was made here?
    """
    assert change.after is not None
    if change.after.get("own"):
        return made is None
    former, code = change.after.get("former"), change.after.get("code")
    if change.after.get("stood") or former is None or code is None:
        return bool(change.after.get("stood"))
    way = former_endpoint(
        Relay.model_validate(former), _named(change)[0].proxy, context
    )
    try:
        return knows(way, code)
    except RelayFailed:
        return False


def _refuse_name_of_original(
    text: str | None, wanted: Settings, context: Context
) -> None:
    """Have a copy take another name: the original listens on the old one."""
    try:
        made = None if text is None else enrolment.parse(text, "enrolment")
    except EnrolmentError:
        return
    if made and made.connection == wanted.agent and is_the_originals(context):
        raise StepFailed(
            f"This machine is a copy, and the original is called {wanted.agent} too.",
            REKEY,
        )


def _refuse_wrong_clock(relay: Relay, context: Context) -> None:
    """Begin nothing where the link would be refused, and taking it back too.

    Enrolling takes no token, so it would be the first thing that works.
    """
    ahead = clock_ahead(requested_endpoint(relay, context), _CLOCK_S)
    if ahead is not None and abs(ahead) > clock_skew.LIMIT_S:
        raise StepFailed(sentence(clock_skew.describe_skew(ahead)), SET_CLOCK)


_CLOCK_S = 10.0


def _replaced_keys(earlier: Sequence[Change]) -> set[str]:
    """Name the keys that will be others when this step comes."""
    made = [c.after["names"] for c in earlier if c.step == "keys" and c.after]
    return {name for names in made for name in names}


def _enrolled(
    change: Change, handed_in: Application, context: Context
) -> Mapping[str, Any]:
    """Enrol; where the agent itself has the name, under lost keys, it gives it up.

    The relay refuses that last: the code is good, so it does not end without either.
    """
    relay, agent = _named(change)
    way = stored_endpoint(relay, context)
    assert change.after is not None
    try:
        return enrol(way, handed_in)
    except RelayFailed as error:
        if error.status != _NAME_TAKEN or not change.after["own"]:
            raise
    withdraw(way, agent, stored(LISTEN_KEY, context), _listen_key_name(change))
    return enrol(way, handed_in)


_NAME_TAKEN = 409


def _listen_key_name(change: Change) -> str:
    assert change.before is not None
    try:
        return enrolment.parse(change.before["text"], "enrolment").listen_key_name
    except EnrolmentError:
        return "listen"


def _fits_name(text: str, wanted: Settings) -> bool:
    """Say whether an enrolment, also one that is damaged, is of this name and relay."""
    try:
        enrolment.parse(text, "enrolment")
    except EnrolmentError:
        # each as JSON spells it, whole
        return f'"{wanted.relay.url}"' in text and f'"{wanted.agent}"' in text
    return _fits(text, wanted)


def _fits(text: str, wanted: Settings) -> bool:
    try:
        made = enrolment.parse(text, "enrolment")
    except EnrolmentError:
        return False
    return (made.relay_url, made.connection) == (wanted.relay.url, wanted.agent)


def _named(change: Change) -> tuple[Relay, str]:
    assert change.after is not None
    return Relay.model_validate(change.after["relay"]), str(change.after["agent"])
