"""What is wrong with the agent's account: reads what the findings need, and judges it.

Everybody in the domain is looked at once, page by page: memory stays flat, and equal
descriptors are judged once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from agent import excess, guards
from agent.accounts import PEOPLE
from agent.ace import Sid
from agent.directory import Directory, DirectoryError, Entry, escape, sd_flags
from agent.dn import is_below, same
from agent.domain import Domain
from agent.excess import CLASSES, Crowd, Person, Place
from agent.findings import Finding, NameOf, OwnAccount, not_known, of_state, sid_of
from agent.guards import Guarded
from agent.settings import Settings
from agent.trustees import Names, domain_rid

Report = Callable[[int], None]
Stop = Callable[[], bool]

_DESCRIPTOR = "nTSecurityDescriptor"
_OWNER_GROUP_DACL = sd_flags(7)
_STEP = 500  # people between two reports
_PERSON = ("objectClass", "objectSid", "adminCount", _DESCRIPTOR)


@dataclass(frozen=True)
class _Sight:
    """One look at one account."""

    opened: Directory
    settings: Settings
    base_dn: str
    sids: frozenset[Sid]
    own: Sid
    name_of: NameOf


def find_about_account(
    opened: Directory,
    domain: Domain,
    settings: Settings,
    *,
    report: Report,
    stop: Stop,
    name_of: NameOf | None = None,
) -> tuple[Finding, ...]:
    """Judge the account that a connection is signed in with.

    Args:
        opened: signed in as the agent's account; used from this thread only.
        domain: of the settings; gives the account's token.
        settings: whose scope is judged.
        report: told now and then how many people were looked at.
        stop: asked now and then; what was not looked at is then "not known".
        name_of: how SIDs are called; none: `Names` over the same connection.

    Returns:
        Every finding, those that are in order among them; see `agent.findings`,
        `agent.excess` and `agent.guards` for their ids.

    Raises:
        DirectoryError: the directory did not answer at all.

    """
    sids = domain.token(opened)
    names = name_of or Names(opened, domain.base_dn)
    found = _own_entry(opened, settings, domain.base_dn, sids)
    own = None if found is None else sid_of(found)
    if found is None or own is None:
        return (
            *excess.of_groups(sids, names),
            not_known("account", "how the account is", "it can not find itself"),
        )
    sight = _Sight(opened, settings, domain.base_dn, sids, own, names)
    crowd = _look_at_people(sight, report, stop)
    return (
        *of_state(OwnAccount.of(found), datetime.now(UTC)),
        *excess.of_groups(sids, names),
        *_about_places(sight),
        *crowd.findings(names),
        *guards.of_holders(crowd.holders, own, names),
        *_about_guards(sight, found, crowd.holders),
    )


def _own_entry(
    opened: Directory, settings: Settings, base_dn: str, sids: frozenset[Sid]
) -> Entry | None:
    """Find the account by who the controller says it is, else by its sign-in name."""
    sam = opened.who_am_i().rpartition("\\")[2]
    upn = escape(settings.directory.sign_in_name)
    either = f"(|(sAMAccountName={escape(sam)})(userPrincipalName={upn}))"
    query = f"(&(objectClass=user){either})"
    wanted = (*OwnAccount.ATTRIBUTES, _DESCRIPTOR)
    controls = (_OWNER_GROUP_DACL,)
    for entry in opened.search(base_dn, query, wanted, controls=controls, paged=False):
        if sid_of(entry) in sids:
            return _with_computed(opened, entry)
    return None


def _with_computed(opened: Directory, entry: Entry) -> Entry:
    """Read it again by name: some values are computed for one object only."""
    wanted = (*OwnAccount.ATTRIBUTES, _DESCRIPTOR)
    return _base(opened, entry.dn, wanted) or entry


def _base(opened: Directory, dn: str, wanted: Sequence[str]) -> Entry | None:
    """Read one object; None when it is hidden or not there."""
    controls = (_OWNER_GROUP_DACL,)
    found = opened.search(dn, "", wanted, scope="base", controls=controls, paged=False)
    try:
        return next(found, None)
    except DirectoryError as error:
        if error.result is None:
            raise
        return None


def _look_at_people(sight: _Sight, report: Report, stop: Stop) -> Crowd:
    crowd = Crowd(sight.sids)
    controls = (_OWNER_GROUP_DACL,)
    found = sight.opened.search(
        sight.base_dn, f"(&{PEOPLE})", _PERSON, controls=controls
    )
    for number, entry in enumerate(found):
        if number % _STEP == 0:
            report(crowd.people)
            if stop():
                crowd.stopped = True
                break
        if entry.raw("objectSid") != sight.own.raw:
            crowd.add(_person(entry, sight.settings.scope.containers))
    report(crowd.people)
    return crowd


def _person(entry: Entry, containers: Sequence[str]) -> Person:
    return Person(
        entry.dn,
        entry.raw(_DESCRIPTOR),
        _classes(entry),
        inside=any(is_below(entry.dn, each) for each in containers),
        marked=entry.raw("adminCount") == b"1",
    )


def _classes(entry: Entry) -> frozenset[UUID]:
    names = entry.texts("objectClass")
    known = CLASSES.get(names[-1].lower()) if names else None
    return frozenset() if known is None else frozenset({known})


def _about_places(sight: _Sight) -> Iterator[Finding]:
    head = _place(sight, sight.base_dn, "head", "the head of the domain")
    yield from excess.of_replication(head, sight.sids, sight.name_of)
    yield from excess.of_unexpire(head, sight.sids, sight.name_of)
    holder = f"CN=AdminSDHolder,CN=System,{sight.base_dn}"
    template = _place(sight, holder, "template", "AdminSDHolder")
    containers = [
        _place(sight, each, each, each)
        for each in sight.settings.scope.containers
        if not same(each, sight.base_dn)
    ]
    for place in (head, template, *containers):
        yield from excess.of_place(place, sight.sids, sight.name_of)


def _place(sight: _Sight, dn: str, name: str, title: str) -> Place:
    found = _base(sight.opened, dn, ("objectClass", _DESCRIPTOR))
    if found is None:
        return Place(name, title, None, frozenset())
    return Place(name, title, found.raw(_DESCRIPTOR), _classes(found))


def _about_guards(sight: _Sight, found: Entry, holders: set[Sid]) -> Iterator[Finding]:
    account = Guarded(
        "account",
        "the agent's account",
        found.raw(_DESCRIPTOR),
        _classes(found),
        guards.ACCOUNT,
    )
    yield from guards.of_guarded(account, sight.own, sight.name_of)
    for sid in sorted(holders - {sight.own}, key=str):
        if not excess.is_broad(sid) and domain_rid(sid) is not None:
            group = _group(sight, sid)
            yield from guards.of_guarded(group, sight.own, sight.name_of)


def _group(sight: _Sight, sid: Sid) -> Guarded:
    """Read a group that holds the grants."""
    query = f"(objectSid={escape(sid.raw)})"
    wanted = ("objectClass", _DESCRIPTOR)
    found = sight.opened.search(
        sight.base_dn, query, wanted, controls=(_OWNER_GROUP_DACL,), paged=False
    )
    entry = next(iter(found), None)
    title = f"the group {sight.name_of(sid)}, which holds the grants"
    raw = None if entry is None else entry.raw(_DESCRIPTOR)
    classes = frozenset() if entry is None else _classes(entry)
    return Guarded(str(sid), title, raw, classes, guards.GROUP)
