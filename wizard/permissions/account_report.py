"""The findings about the agent's own account: reads what they need, and judges it.

Everybody in the domain is looked at once, page by page, and so is every container,
group and computer: memory stays flat, and equal descriptors are judged once. The ids of
the findings are in `wizard.permissions.findings`, `excess_rights`, `rights_tally`,
`service_account` and `account_takeover`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from agent.acl.rights import Right, classes_of
from agent.acl.sid import Sid
from agent.acl.well_known_sids import domain_of, domain_rid, is_broad
from agent.active_directory.domain_cache import DomainCache
from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Settings
from agent.ldap.connection import Connection, read_entry
from agent.ldap.controls import OWNER_GROUP_DACL
from agent.ldap.dn import same
from agent.ldap.entry import DESCRIPTOR, Entry
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape, member_filter, people_filter
from wire.text import Text, verbatim
from wizard.permissions import account_takeover, excess_rights
from wizard.permissions.account_takeover import Guarded
from wizard.permissions.excess_rights import Place
from wizard.permissions.findings import Finding, NameOf, not_known
from wizard.permissions.object_rights import ObjectRights
from wizard.permissions.protected_people import ProtectedPeople, protected_people
from wizard.permissions.rights_tally import Kind, RightsTally, SecuredObject
from wizard.permissions.service_account import ServiceAccount, of_place, of_state
from wizard.permissions.sid_names import Names
from wizard.permissions.user_rights import Person, UserRights, of_excluded, of_pilot

Report = Callable[[int], None]
Stop = Callable[[], bool]

_STEP = 500  # objects between two reports
_PERSON = ("objectClass", "objectSid", "adminCount")
_CATEGORIES = ("organizationalUnit", "container", "group", "computer")


@dataclass(frozen=True)
class _Inspection:
    """One look at one account, over one connection."""

    directory: Connection
    settings: Settings
    sids: frozenset[Sid]
    own: Sid
    name_of: NameOf
    report: Report
    stop: Stop

    @property
    def base_dn(self) -> str:
        return self.settings.directory.base_dn

    @cached_property
    def containers(self) -> ScopeContainers:
        return ScopeContainers.of(self.settings.scope)

    @property
    def template(self) -> str:
        return f"CN=AdminSDHolder,CN=System,{self.base_dn}"

    def find(self, query: str, attributes: Sequence[str]) -> Iterator[Entry]:
        """Find objects of the domain with their descriptors."""
        wanted, controls = (*attributes, DESCRIPTOR), (OWNER_GROUP_DACL,)
        return self.directory.search(self.base_dn, query, wanted, controls=controls)


def find_about_account(
    directory: Connection,
    domain: DomainCache,
    *,
    report: Report,
    stop: Stop,
    name_of: NameOf | None = None,
) -> tuple[Finding, ...]:
    """Judge the account that a connection is signed in with: each finding, good or bad.

    The connection is used from this thread only. `report` is told now and then how many
    people were looked at; what was not looked at when `stop` says so is "not known".
    Without a `name_of`, `Names` asks over the same connection. Raises `DirectoryError`
    when the directory did not answer at all.
    """
    sids, settings = domain.token(directory), domain.settings
    names = name_of or Names(directory, domain.base_dn)
    entry = _own_entry(directory, settings, sids)
    own = entry.sid if entry else None
    if entry is None or own is None:
        about, why = Text("how the account is"), Text("it can not find itself")
        hidden = not_known("account", about, why)
        return (*excess_rights.of_groups(sids, names), hidden)
    state = of_state(ServiceAccount.of(entry), datetime.now(UTC))
    inspection = _Inspection(directory, settings, sids, own, names, report, stop)
    return (*state, *_rights(inspection, entry))


def _rights(inspection: _Inspection, entry: Entry) -> Iterator[Finding]:
    """Look at what the account may do, and who may do something to it."""
    people, names = _people(inspection), inspection.name_of
    yield of_place(entry.dn, inspection.containers)
    yield from excess_rights.of_groups(inspection.sids, names)
    yield from _about_places(inspection)
    yield from _objects(inspection).findings(names)
    yield from people.findings(names)
    if inspection.settings.scope.exclude_containers:
        yield of_excluded(people)
    yield from _about_pilot(inspection, people)
    yield from account_takeover.of_holders(people.holders, inspection.own, names)
    yield from _about_takeover(inspection, entry, people.holders)


def _own_entry(
    directory: Connection, settings: Settings, sids: frozenset[Sid]
) -> Entry | None:
    """Find the account by who the controller says it is, else by its sign-in name."""
    upn = escape(settings.directory.sign_in_name)
    sam = escape(directory.who_am_i().rpartition("\\")[2])
    # a controller may keep to itself who it sees; an empty value is no filter
    either = f"(sAMAccountName={sam})" if sam else ""
    query = f"(&(objectClass=user)(|(userPrincipalName={upn}){either}))"
    base_dn = settings.directory.base_dn
    entries = directory.search(base_dn, query, ("objectSid",), paged=False)
    own = next((entry.dn for entry in entries if entry.sid in sids), None)
    # by its name: some values are computed for one object only
    return None if own is None else _base(directory, own, ServiceAccount.ATTRIBUTES)


def _base(
    directory: Connection, dn: str, attributes: Sequence[str] = ("objectClass",)
) -> Entry | None:
    """Read one object; None when it is hidden or not there."""
    wanted = (*attributes, DESCRIPTOR)
    try:
        return read_entry(directory, dn, wanted, (OWNER_GROUP_DACL,))
    except DirectoryError as error:
        if error.result is None:
            raise
        return None


def _until_stopped(
    entries: Iterator[Entry], tally: RightsTally, stop: Callable[[], bool]
) -> Iterator[Entry]:
    """Give entries one by one; the tally is told when they are not all."""
    for number, entry in enumerate(entries):
        if number % _STEP == 0 and stop():
            tally.stopped = True
            return
        yield entry


def _people(
    inspection: _Inspection, *also: str, report: Report | None = None
) -> UserRights:
    """Look at everybody whom these filters fit as well, but for the account itself."""
    shield = protected_people(inspection.directory, inspection.base_dn)
    people = UserRights(inspection.sids, stamped=shield.stamped)
    report = report or inspection.report

    def stop() -> bool:
        report(people.people)
        return inspection.stop()

    entries = inspection.find(people_filter(*also), _PERSON)
    for entry in _until_stopped(entries, people, stop):
        if entry.raw("objectSid") != inspection.own.raw:
            people.add(_person(entry, inspection.containers, shield))
    if not people.stopped:
        report(people.people)
    return people


def _about_pilot(inspection: _Inspection, everybody: UserRights) -> Iterator[Finding]:
    """Tell how many people of the containers are not in the pilot group."""
    group = inspection.settings.scope.pilot_group
    if group is not None:
        pilot = _people(inspection, member_filter(group), report=lambda _count: None)
        yield of_pilot(everybody, pilot, group)


def _person(
    entry: Entry, containers: ScopeContainers, shield: ProtectedPeople
) -> Person:
    marked, deciding = entry.raw("adminCount") == b"1", containers.deciding(entry.dn)
    return Person(
        entry.dn,
        entry.descriptor,
        _classes(entry),
        inside=deciding is not None and deciding.included,
        excluded=deciding is not None and not deciding.included,
        marked=marked,
        protected=shield.holds(entry.dn, marked=marked),
    )


def _classes(entry: Entry) -> frozenset[UUID]:
    return classes_of(entry.texts("objectClass"))


def _about_places(inspection: _Inspection) -> Iterator[Finding]:
    sids, name_of = inspection.sids, inspection.name_of
    base_dn = inspection.base_dn
    head = _place(inspection, base_dn, "head", Text("the head of the domain"))
    yield from excess_rights.of_replication(head, sids, name_of)
    yield from excess_rights.of_unexpire(head, sids, name_of)
    template = _place(
        inspection, inspection.template, "template", verbatim("AdminSDHolder")
    )
    containers = [
        _place(inspection, each, each, verbatim(each))
        for each in inspection.settings.scope.containers
        if not same(each, base_dn)
    ]
    for place in (head, template, *containers):
        yield from excess_rights.of_place(place, sids, name_of)


def _place(inspection: _Inspection, dn: str, name: str, title: Text) -> Place:
    entry = _base(inspection.directory, dn)
    if entry is None:
        return Place(name, title, None, frozenset())
    return Place(name, title, entry.descriptor, _classes(entry))


def _objects(inspection: _Inspection) -> ObjectRights:
    """Look at every container, group and computer that is not judged by itself."""
    objects = ObjectRights(inspection.sids)
    places = (inspection.template, *inspection.settings.scope.containers)
    either = "".join(f"(objectCategory={name})" for name in _CATEGORIES)
    entries = inspection.find(f"(|{either})", ("objectClass",))
    for entry in _until_stopped(entries, objects, inspection.stop):
        if not any(same(entry.dn, name) for name in places):
            secured = SecuredObject(entry.dn, entry.descriptor, _classes(entry))
            objects.add(_kind(entry), secured)
    return objects


def _kind(entry: Entry) -> Kind:
    classes = {name.lower() for name in entry.texts("objectClass")}
    if "group" in classes:
        return Kind.GROUPS
    return Kind.COMPUTERS if "computer" in classes else Kind.CONTAINERS


def _about_takeover(
    inspection: _Inspection, entry: Entry, holders: set[Sid]
) -> Iterator[Finding]:
    """Look at the account, and at each group by which it holds its rights."""
    rights, root = account_takeover.ACCOUNT, _forest_root(inspection)
    guarded = [_guarded("account", Text("the service account"), entry, rights)]
    for sid in sorted(holders - {inspection.own}, key=str):
        if not is_broad(sid) and domain_rid(sid) is not None:
            guarded += _groups(inspection, sid)
    for each in guarded:
        yield from account_takeover.of_guarded(
            each, inspection.own, root, inspection.name_of
        )


def _forest_root(inspection: _Inspection) -> Sid | None:
    """Give the SID of the forest's root domain; None from a child domain.

    There it can't be read, and the Enterprise Admins are told of like any stranger.
    """
    name = "rootDomainNamingContext"
    head = read_entry(inspection.directory, "", (name,))
    root = head.text(name) if head else None
    is_root = root and same(root, inspection.base_dn)
    return domain_of(inspection.own) if is_root else None


def _groups(inspection: _Inspection, sid: Sid) -> Iterator[Guarded]:
    """Read a group that holds the grants, and each group that is in it."""
    name, rights = inspection.name_of(sid), account_takeover.GROUP
    holders = list(_groups_by(inspection, f"(objectSid={escape(sid.raw)})"))
    if not holders:
        title = Text("{name}, which holds the grants", name=name)
        yield Guarded(str(sid), title, None, frozenset(), rights)
    for holder in holders:
        title = Text("the group {name}, which holds the grants", name=name)
        yield _guarded(str(holder.sid or holder.dn), title, holder, rights)
        for inner in _groups_by(inspection, member_filter(holder.dn)):
            group = inner.text("sAMAccountName") or inner.dn
            title = Text(
                "the group {group} in {name}, which holds the grants",
                group=group,
                name=name,
            )
            yield _guarded(str(inner.sid or inner.dn), title, inner, rights)


def _groups_by(inspection: _Inspection, also: str) -> Iterator[Entry]:
    wanted = ("objectClass", "objectSid", "sAMAccountName")
    return inspection.find(f"(&(objectClass=group){also})", wanted)


def _guarded(
    name: str, title: Text, entry: Entry, rights: tuple[Right, ...]
) -> Guarded:
    return Guarded(name, title, entry.descriptor, _classes(entry), rights)
