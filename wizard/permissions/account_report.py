"""What is wrong with the agent's account: reads what the findings need, and judges it.

Everybody in the domain is looked at once, page by page, and so is every container,
group and computer: memory stays flat, and equal descriptors are judged once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from agent.acl.rights import CLASSES
from agent.acl.sid import Sid
from agent.acl.well_known_sids import domain_of, domain_rid, is_broad
from agent.active_directory.domain_cache import DomainCache
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from agent.ldap.controls import sd_flags
from agent.ldap.dn import is_below, same
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape, member_filter, people_filter
from wizard.permissions import account_takeover, excess_rights
from wizard.permissions.account_takeover import Guarded
from wizard.permissions.excess_rights import Place
from wizard.permissions.findings import Finding, NameOf, not_known
from wizard.permissions.object_rights import ObjectRights, OwnedObject
from wizard.permissions.service_account import ServiceAccount, of_state, sid_of
from wizard.permissions.sid_names import Names
from wizard.permissions.user_rights import Person, UserRights, of_pilot

Report = Callable[[int], None]
Stop = Callable[[], bool]

_DESCRIPTOR = "nTSecurityDescriptor"
_OWNER_GROUP_DACL = sd_flags(7)
_STEP = 500  # people between two reports
_PERSON = ("objectClass", "objectSid", "adminCount", _DESCRIPTOR)
_CATEGORIES = ("organizationalUnit", "container", "group", "computer")


@dataclass(frozen=True)
class _Sight:
    """One look at one account."""

    opened: Connection
    settings: Settings
    base_dn: str
    sids: frozenset[Sid]
    own: Sid
    name_of: NameOf


def find_about_account(
    opened: Connection,
    domain: DomainCache,
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
        Every finding, those that are in order among them; see
        `wizard.permissions.findings`, `wizard.permissions.excess_rights`,
        `wizard.permissions.object_rights` and `wizard.permissions.account_takeover` for
        their ids.

    Raises:
        DirectoryError: the directory did not answer at all.

    """
    sids = domain.token(opened)
    names = name_of or Names(opened, domain.base_dn)
    found = _own_entry(opened, settings, domain.base_dn, sids)
    own = None if found is None else sid_of(found)
    if found is None or own is None:
        return (
            *excess_rights.of_groups(sids, names),
            not_known("account", "how the account is", "it can not find itself"),
        )
    sight = _Sight(opened, settings, domain.base_dn, sids, own, names)
    return (
        *of_state(ServiceAccount.of(found), datetime.now(UTC)),
        *_look(sight, found, report, stop),
    )


def _look(sight: _Sight, found: Entry, report: Report, stop: Stop) -> Iterator[Finding]:
    """Look at what the account may do, and who may do something to it."""
    crowd, names = _look_at_people(sight, report, stop), sight.name_of
    yield from excess_rights.of_groups(sight.sids, names)
    yield from _about_places(sight)
    yield from _look_at_belongings(sight, stop).findings(names)
    yield from crowd.findings(names)
    yield from _about_pilot(sight, crowd, stop)
    yield from account_takeover.of_holders(crowd.holders, sight.own, names)
    yield from _about_guards(sight, found, crowd.holders)


def _own_entry(
    opened: Connection, settings: Settings, base_dn: str, sids: frozenset[Sid]
) -> Entry | None:
    """Find the account by who the controller says it is, else by its sign-in name."""
    upn = escape(settings.directory.sign_in_name)
    sam = escape(opened.who_am_i().rpartition("\\")[2])
    # a controller may keep to itself who it sees; an empty value is no filter
    either = f"(sAMAccountName={sam})" if sam else ""
    query = f"(&(objectClass=user)(|(userPrincipalName={upn}){either}))"
    found = opened.search(base_dn, query, ("objectSid",), paged=False)
    own = next((entry.dn for entry in found if sid_of(entry) in sids), None)
    # by its name: some values are computed for one object only
    wanted = (*ServiceAccount.ATTRIBUTES, _DESCRIPTOR)
    return None if own is None else _base(opened, own, wanted)


def _base(opened: Connection, dn: str, wanted: Sequence[str]) -> Entry | None:
    """Read one object; None when it is hidden or not there."""
    controls = (_OWNER_GROUP_DACL,)
    found = opened.search(dn, "", wanted, scope="base", controls=controls, paged=False)
    try:
        return next(found, None)
    except DirectoryError as error:
        if error.result is None:
            raise
        return None


def _look_at_people(sight: _Sight, report: Report, stop: Stop) -> UserRights:
    crowd = UserRights(sight.sids)
    _fill(crowd, sight, people_filter(), report, stop)
    return crowd


def _fill(
    crowd: UserRights, sight: _Sight, query: str, report: Report, stop: Stop
) -> None:
    controls = (_OWNER_GROUP_DACL,)
    found = sight.opened.search(sight.base_dn, query, _PERSON, controls=controls)
    for number, entry in enumerate(found):
        if number % _STEP == 0:
            report(crowd.people)
            if stop():
                crowd.stopped = True
                return
        if entry.raw("objectSid") != sight.own.raw:
            crowd.add(_person(entry, sight.settings.scope.containers))
    report(crowd.people)


def _about_pilot(sight: _Sight, everybody: UserRights, stop: Stop) -> Iterator[Finding]:
    """Tell how many people of the containers are not in the pilot group."""
    group = sight.settings.scope.pilot_group
    if group is None:
        return
    pilot = UserRights(sight.sids)
    query = people_filter(member_filter(group))
    _fill(pilot, sight, query, lambda _count: None, stop)
    yield of_pilot(everybody, pilot, group)


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
    yield from excess_rights.of_replication(head, sight.sids, sight.name_of)
    yield from excess_rights.of_unexpire(head, sight.sids, sight.name_of)
    template = _place(sight, _holder(sight), "template", "AdminSDHolder")
    containers = [
        _place(sight, each, each, each)
        for each in sight.settings.scope.containers
        if not same(each, sight.base_dn)
    ]
    for place in (head, template, *containers):
        yield from excess_rights.of_place(place, sight.sids, sight.name_of)


def _place(sight: _Sight, dn: str, name: str, title: str) -> Place:
    found = _base(sight.opened, dn, ("objectClass", _DESCRIPTOR))
    if found is None:
        return Place(name, title, None, frozenset())
    return Place(name, title, found.raw(_DESCRIPTOR), _classes(found))


def _look_at_belongings(sight: _Sight, stop: Stop) -> ObjectRights:
    """Look at every container, group and computer that is not judged by itself."""
    found, controls = ObjectRights(sight.sids), (_OWNER_GROUP_DACL,)
    alone = (_holder(sight), *sight.settings.scope.containers)
    either = "".join(f"(objectCategory={name})" for name in _CATEGORIES)
    wanted, query = ("objectClass", _DESCRIPTOR), f"(|{either})"
    every = sight.opened.search(sight.base_dn, query, wanted, controls=controls)
    for number, entry in enumerate(every):
        if number % _STEP == 0 and stop():
            found.stopped = True
            break
        if not any(same(entry.dn, name) for name in alone):
            raw, classes = entry.raw(_DESCRIPTOR), _classes(entry)
            found.add(OwnedObject(entry.dn, _kind(entry), raw, classes))
    return found


def _kind(entry: Entry) -> str:
    classes = {name.lower() for name in entry.texts("objectClass")}
    if "group" in classes:
        return "groups"
    return "computers" if "computer" in classes else "containers"


def _holder(sight: _Sight) -> str:
    return f"CN=AdminSDHolder,CN=System,{sight.base_dn}"


def _about_guards(sight: _Sight, found: Entry, holders: set[Sid]) -> Iterator[Finding]:
    account = Guarded(
        "account",
        "the agent's account",
        found.raw(_DESCRIPTOR),
        _classes(found),
        account_takeover.ACCOUNT,
    )
    root = _root(sight)
    yield from account_takeover.of_guarded(account, sight.own, root, sight.name_of)
    for sid in sorted(holders - {sight.own}, key=str):
        if not is_broad(sid) and domain_rid(sid) is not None:
            for group in _groups(sight, sid):
                yield from account_takeover.of_guarded(
                    group, sight.own, root, sight.name_of
                )


def _root(sight: _Sight) -> Sid | None:
    """Give the SID of the forest's root domain; None from a child domain.

    There it can't be read, and the Enterprise Admins are told of like any stranger.
    """
    names = ("rootDomainNamingContext",)
    head = next(sight.opened.search("", "", names, scope="base", paged=False), None)
    root = head.text(names[0]) if head else None
    return domain_of(sight.own) if root and same(root, sight.base_dn) else None


def _groups(sight: _Sight, sid: Sid) -> Iterator[Guarded]:
    """Read a group that holds the grants, and each group that is in it."""
    name = sight.name_of(sid)
    found = list(_groups_by(sight, f"(objectSid={escape(sid.raw)})"))
    if not found:
        title = f"{name}, which holds the grants"
        yield Guarded(str(sid), title, None, frozenset(), account_takeover.GROUP)
    for holder in found:
        yield _guarded(holder, f"the group {name}, which holds the grants")
        for inner in _groups_by(sight, member_filter(holder.dn)):
            told = inner.text("sAMAccountName") or inner.dn
            yield _guarded(inner, f"the group {told} in {name}, which holds the grants")


def _groups_by(sight: _Sight, which: str) -> Iterator[Entry]:
    query = f"(&(objectClass=group){which})"
    wanted = ("objectClass", "objectSid", "sAMAccountName", _DESCRIPTOR)
    controls = (_OWNER_GROUP_DACL,)
    return sight.opened.search(sight.base_dn, query, wanted, controls=controls)


def _guarded(group: Entry, title: str) -> Guarded:
    name = str(sid_of(group) or group.dn)
    raw, classes = group.raw(_DESCRIPTOR), _classes(group)
    return Guarded(name, title, raw, classes, account_takeover.GROUP)
