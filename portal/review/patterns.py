"""The patterns: each looks at the events of a while and names what stands out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from portal.audit.event import Event, EventKind, Recorded, shortened
from portal.review.finding import (
    DAY_S,
    HOUR_S,
    Finding,
    Limits,
    Pattern,
    is_done,
    numbers,
)
from wire.text import Text

_REFUSED = frozenset({EventKind.METHOD_REFUSED, EventKind.SIGN_IN_REFUSED})
_NAMED = frozenset({EventKind.VISIT_BEGUN, EventKind.SIGN_IN_REFUSED})
_TYPED = frozenset({EventKind.METHOD_USED, EventKind.METHOD_REFUSED})
_Found = Iterator[Finding]


def review(recorded: Iterable[Recorded], limits: Limits | None = None) -> list[Finding]:
    """Review events in their order; findings come in the order of their last event."""
    events, own = list(recorded), limits or Limits()
    found = [finding for look in _LOOKS for finding in look(events, own)]
    return sorted(found, key=lambda finding: (finding.events[-1], finding.pattern))


def _failures_then_success(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See failures of a person, and within a day a reset from another address."""
    refused: dict[str | None, list[Recorded]] = defaultdict(list)
    for each in events:
        if each.event.kind in _REFUSED:
            refused[each.event.person].append(each)
    for reset in filter(lambda each: is_done(each.event), events):
        before = [
            each
            for each in refused[reset.event.person]
            if each.number < reset.number
            and reset.event.at - each.event.at <= DAY_S
            and each.event.address != reset.event.address
        ]
        if reset.event.person is not None and len(before) >= limits.failures:
            yield Finding(
                Pattern.FAILURES_THEN_SUCCESS,
                Text(
                    "The password was reset from {address} after failures elsewhere.",
                    address=reset.event.address,
                ),
                Text("Somebody may have found out what they guessed at before."),
                Text("Ask the person whether both was them; else reset and block."),
                (*numbers(before), reset.number),
                reset.event.person,
                reset.event.address,
            )


def _reset_after_new_method(events: Sequence[Recorded], _limits: Limits) -> _Found:
    """See a reset within an hour after a verification method was added."""
    added: dict[str, Recorded] = {}
    for each in events:
        event, person = each.event, each.event.person
        if person is None:
            continue
        if event.kind is EventKind.METHOD_ADDED:
            added[person] = each
            continue
        recent = person in added and event.at - added[person].event.at <= HOUR_S
        if is_done(event) and recent:
            yield Finding(
                Pattern.RESET_AFTER_NEW_METHOD,
                Text("A verification method was added, and the password reset."),
                Text("Who stole a password adds a method, to keep the account."),
                Text("Ask the person whether the new method is theirs."),
                (added[person].number, each.number),
                person,
                event.address,
            )


def _many_names(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See one address that tried many names within an hour."""
    by_address: dict[str, list[Recorded]] = defaultdict(list)
    for each in events:
        if each.event.kind in _NAMED and each.event.detail.get("name"):
            by_address[each.event.address].append(each)
    for address, own in by_address.items():
        for window in _bursts(own, HOUR_S, limits.names, _name):
            yield Finding(
                Pattern.MANY_NAMES,
                Text("{address} tried many names within an hour.", address=address),
                Text("Somebody may be looking for people whose password is weak."),
                Text("Block the address at the proxy, unless it is your own network."),
                numbers(window),
                None,
                address,
            )


def _many_resets(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See many resets within a few minutes."""
    resets = [each for each in events if is_done(each.event)]
    for window in _bursts(resets, limits.resets_s, limits.resets, _number):
        yield Finding(
            Pattern.MANY_RESETS,
            Text("Many passwords were reset within a few minutes."),
            Text("Somebody may have taken over the portal, or a list of secrets."),
            Text("Pause the agents in the wizard, and look at each of the resets."),
            numbers(window),
        )


def _unusual_account(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See a reset of an account that is idle, disabled, or asks for two proofs."""
    looked_up: dict[str, Recorded] = {}
    for each in events:
        event = each.event
        if event.kind is EventKind.LOOKED_UP and event.person is not None:
            looked_up[event.reference] = each
        elif is_done(event):
            known = looked_up.get(str(event.detail.get("visit", "")))
            if known is not None and _is_unusual(known.event, limits):
                yield Finding(
                    Pattern.UNUSUAL_ACCOUNT,
                    Text("The password of an unusual account was reset."),
                    Text(
                        "It is disabled, idle for long, or of somebody with two proofs."
                    ),
                    Text("Ask the person whether it was them."),
                    (known.number, each.number),
                    event.person,
                    event.address,
                )


def _is_unusual(event: Event, limits: Limits) -> bool:
    age = event.detail.get("password_age_days")
    is_idle = isinstance(age, int) and age > limits.idle_days
    return bool(
        event.detail.get("two_proof") or event.detail.get("disabled") or is_idle
    )


def _untyped_codes(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See codes that were sent to a person within a day, and that nobody typed."""
    typed = {
        (each.event.reference, each.event.detail.get("method"))
        for each in events
        if each.event.kind in _TYPED
    }
    by_person: dict[str, list[Recorded]] = defaultdict(list)
    for each in events:
        event = each.event
        sent = event.kind is EventKind.CODE_SENT and event.code == "ok"
        own = event.detail.get("purpose") != "registration"
        is_typed = (event.reference, event.detail.get("method")) in typed
        if sent and own and not is_typed and event.person is not None:
            by_person[event.person].append(each)
    for person, own_codes in by_person.items():
        for window in _bursts(own_codes, DAY_S, limits.codes, _number):
            yield Finding(
                Pattern.UNTYPED_CODES,
                Text("Codes were sent to somebody, and nobody typed them."),
                Text("Somebody else may be trying, or wears the person down."),
                Text("Ask the person whether they asked for codes."),
                numbers(window),
                person,
                window[-1].event.address,
            )


def _registered_at_night(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See who registers at night from a network that nobody else was seen in."""
    seen: dict[str, set[str]] = defaultdict(set)
    for each in events:
        event = each.event
        if event.person is None:
            continue
        network = shortened(event.address)
        at_night = event.kind is EventKind.REGISTERED and _is_night(event.at, limits)
        if at_night and not seen[network] - {event.person}:
            yield Finding(
                Pattern.REGISTERED_AT_NIGHT,
                Text("Somebody registered at night, from an unknown network."),
                Text("Who stole a password registers first, when nobody looks."),
                Text("Ask the person whether it was them; else remove the methods."),
                (each.number,),
                event.person,
                event.address,
            )
        seen[network].add(event.person)


def _helped_often(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See who resets for many within a day, or who is reset for twice in it."""
    helped = [e for e in events if is_done(e.event) and e.event.actor is not None]
    for actor, own in _grouped(helped, lambda each: each.event.actor).items():
        for window in _bursts(own, DAY_S, limits.helped, _number):
            yield Finding(
                Pattern.HELPED_OFTEN,
                Text("One of the help desk reset many passwords within a day."),
                Text("Somebody may use their account, or talk them into it."),
                Text("Compare the resets with the cases of the help desk."),
                numbers(window),
                actor,
                window[-1].event.address,
            )
    for person, own in _grouped(helped, lambda each: each.event.person).items():
        for window in _bursts(own, DAY_S, 2, _number):
            yield Finding(
                Pattern.HELPED_TWICE,
                Text("The help desk reset one password twice within a day."),
                Text("Somebody may have called in the person's name, before or after."),
                Text("Call the person back on the number on file."),
                numbers(window),
                person,
                window[-1].event.address,
            )


def _new_country(events: Sequence[Recorded], limits: Limits) -> _Found:
    """See a text message to a country that none went to before."""
    seen: set[object] = set()
    sent = [
        each
        for each in events
        if each.event.kind is EventKind.CODE_SENT and each.event.detail.get("country")
    ]
    for number, each in enumerate(sent):
        country = each.event.detail["country"]
        if country not in seen and number >= limits.known_numbers:
            yield Finding(
                Pattern.NEW_COUNTRY,
                Text(
                    "A text message went to a country that none went to before: "
                    "{country}.",
                    country=str(country),
                ),
                Text("Who earns by text messages has them sent far away."),
                Text("Take the country out of the settings, unless somebody is there."),
                (each.number,),
                each.event.person,
                each.event.address,
            )
        seen.add(country)


def _grouped(
    events: Sequence[Recorded], by: Callable[[Recorded], str | None]
) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = defaultdict(list)
    for each in events:
        key = by(each)
        if key is not None:
            found[key].append(each)
    return found


def _is_night(at: int, limits: Limits) -> bool:
    hour = (at + limits.utc_offset_s) % DAY_S // HOUR_S
    begins, ends = limits.night
    return hour >= begins or hour < ends


def _bursts(
    events: Sequence[Recorded],
    seconds: int,
    most: int,
    key: Callable[[Recorded], object],
) -> Iterator[list[Recorded]]:
    """Give stretches with `most` different ones within a time, each once and whole."""
    window: list[Recorded] = []
    burst: list[Recorded] = []
    for each in events:
        window = [e for e in window if each.event.at - e.event.at <= seconds]
        window.append(each)
        if len({key(e) for e in window}) >= most:
            burst = burst or list(window)
            if burst[-1] is not each:
                burst.append(each)
        elif burst:
            yield burst
            burst = []
    if burst:
        yield burst


def _name(recorded: Recorded) -> object:
    return recorded.event.detail["name"]


def _number(recorded: Recorded) -> object:
    return recorded.number


_LOOKS: tuple[Callable[[Sequence[Recorded], Limits], _Found], ...] = (
    _failures_then_success,
    _reset_after_new_method,
    _many_names,
    _many_resets,
    _unusual_account,
    _untyped_codes,
    _registered_at_night,
    _helped_often,
    _new_country,
)
