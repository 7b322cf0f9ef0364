"""Who is in the scope: counts, the pilot group, the deny list, the identifier."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from agent.active_directory.named_principals import read_named_principals
from agent.config.scope_containers import ScopeContainers
from agent.ldap.connection import Connection, read_entry
from agent.ldap.dn import is_below
from agent.ldap.entry import Entry
from agent.ldap.errors import DirectoryError, NoSuchObject
from agent.ldap.filters import escape, member_filter, people_filter
from wire.text import EMPTY, Text, plural, verbatim
from wizard.checks.outcome import Outcome, Report
from wizard.directory.sign_in import as_either
from wizard.inputs import Draft
from wizard.permissions.coverage import outermost
from wizard.plan.change import Context
from wizard.results import Check, State

_ANYBODY = people_filter()
_NAMED = 5
_SCOPE, _GROUP, _BY = "scope.containers", "scope.pilot_group", "identify_by"
_DENY, _EXCLUDED = "scope.deny_list", "scope.exclude_containers"
_TAKE_OUT = Text("Take it out of those that are excluded: else nobody at all is reset.")


def run_scope(
    draft: Draft, context: Context, _stop: threading.Event, _report: Report
) -> Outcome:
    """Count who is in the scope; nobody is a failure."""
    with as_either(draft.needed_directory(), context) as opened:
        return Outcome(check_scope(opened, draft.containers, draft.excluded))


def run_group(
    draft: Draft, context: Context, _stop: threading.Event, _report: Report
) -> Outcome:
    """Find the pilot group, its DN by its name, and whom the deny list means."""
    rows: list[Check] = []
    if not (draft.group or draft.deny_list):
        return Outcome(())
    directory, dn = draft.needed_directory(), None
    with as_either(directory, context) as opened:
        if draft.group:
            check, dn = check_group(opened, directory.base_dn, draft.group)
            rows.append(check)
        rows += check_deny_list(opened, directory.base_dn, draft.deny_list)
    return Outcome(tuple(rows), {_GROUP: dn} if dn else {})


def run_identifier(
    draft: Draft, context: Context, _stop: threading.Event, _report: Report
) -> Outcome:
    """Find people who lack the identifier or share it."""
    with as_either(draft.needed_directory(), context) as opened:
        people = _everybody(opened, draft)
        return Outcome(check_identifier(people, draft.identify_by))


def check_scope(
    opened: Connection, chosen: Sequence[str], excluded: Sequence[str] = ()
) -> tuple[Check, ...]:
    """Count the people of each container; nobody in all of them is a failure."""
    rows, total = [], 0
    named = ScopeContainers(chosen, excluded)
    for container in chosen:
        try:
            inside, beside = _counts(opened, container, named)
        except NoSuchObject:
            rows.append(_no_such(container, _SCOPE, Text("Choose it again.")))
            continue
        total += inside
        detail = _people(inside)
        if beside:
            detail = Text(
                "{people}, and {others} left out", people=detail, others=_people(beside)
            )
        rows.append(_row(verbatim(container), "ok", detail))
    rows += check_excluded(opened, excluded)
    if not total:
        detail = Text("Nobody is in the containers chosen.")
        remedy = Text("Choose containers that people are in.")
        rows.append(_row(Text("Scope"), "failed", detail, remedy, _SCOPE))
    return tuple(rows)


def _counts(
    opened: Connection, container: str, named: ScopeContainers
) -> tuple[int, int]:
    """Count who is in the scope in a container, and who is left out of it."""
    found = Counter(
        named.include(entry.dn) for entry in opened.search(container, _ANYBODY, ())
    )
    return found[True], found[False]


def check_excluded(opened: Connection, excluded: Sequence[str]) -> list[Check]:
    """Find the excluded containers that are not there, each as a failure."""
    gone = (each for each in excluded if not _is_there(opened, each))
    return [_no_such(each, _EXCLUDED, _TAKE_OUT) for each in gone]


def _is_there(opened: Connection, name: str) -> bool:
    try:
        return read_entry(opened, name, ()) is not None
    except NoSuchObject:
        return False


def _no_such(container: str, field: str, remedy: Text) -> Check:
    detail = Text("There is no such container.")
    return _row(verbatim(container), "failed", detail, remedy, field)


def check_group(
    opened: Connection, base_dn: str, group: str
) -> tuple[Check, str | None]:
    """Find a group by DN or name and count its members, nested ones too."""
    groups = list(_groups(opened, base_dn, group))
    if len(groups) != 1:
        name, remedy = repr(group), Text("Check the name.")
        detail = Text("No groups are named {name}.", name=name)
        if groups:
            number, remedy = len(groups), Text("Give its distinguished name.")
            detail = Text("{number} groups are named {name}.", number=number, name=name)
        return _row(Text("Pilot group"), "failed", detail, remedy, _GROUP), None
    dn = groups[0].dn
    query = people_filter(member_filter(dn))
    members = sum(1 for _ in opened.search(base_dn, query, ()))
    if not members:
        detail = Text("{dn} has no members.", dn=dn)
        remedy = Text("Add people to it, or choose another group.")
        return _row(Text("Pilot group"), "failed", detail, remedy, _GROUP), dn
    detail = Text(
        "{dn}: {people}, nested members counted", dn=dn, people=_people(members)
    )
    return _row(Text("Pilot group"), "ok", detail), dn


def check_deny_list(
    opened: Connection, base_dn: str, entries: Sequence[str]
) -> list[Check]:
    """Find each person and group; of a SID nobody may be here and somebody elsewhere.

    A name that nobody has is a failure: it would keep everybody from being reset.
    """
    rows, denied = [], read_named_principals(opened, base_dn, entries)
    groups = set(denied.groups.values())
    for entry in entries:
        title = Text("Deny list: {entry}", entry=entry)
        if entry in denied.missing:
            detail = Text("There is nobody of that name.")
            remedy = Text("Correct the name: else nobody at all is reset.")
            rows.append(_row(title, "failed", detail, remedy, _DENY))
        elif entry in groups:
            count = sum(entry == named for named in denied.groups.values())
            rows.append(_row(title, "ok", _group_words(count)))
        else:
            found = entry in denied.names
            words = Text("Found.") if found else Text("Counts by its SID.")
            rows.append(_row(title, "ok", words))
    return rows


def _group_words(count: int) -> Text:
    if count == 1:
        return Text("A group, without groups inside it.")
    inner = count - 1
    return plural(
        "A group, with {count} group inside it.",
        "A group, with {count} groups inside it.",
        inner,
    )


def _everybody(opened: Connection, draft: Draft) -> Iterator[Entry]:
    """Find everybody in the scope, each once, with what the cloud names them by."""
    named = ScopeContainers(draft.containers, draft.excluded)
    for container in outermost(draft.containers):
        found = opened.search(container, _ANYBODY, (draft.identify_by,))
        yield from (entry for entry in found if named.include(entry.dn))


def check_identifier(people: Iterable[Entry], identify_by: str) -> tuple[Check, ...]:
    """Find who lacks the attribute, and who shares it with somebody."""
    title = Text("Sign-in attribute {identify_by}", identify_by=identify_by)
    named: dict[bytes, list[str]] = {}
    without, count = [], 0
    for entry in people:
        count += 1
        value = entry.raw(identify_by)
        if value is None:
            without.append(entry.dn)
        else:
            named.setdefault(value.lower(), []).append(entry.dn)
    shared = [dns for dns in named.values() if len(dns) > 1]
    rows = []
    if without:
        lacking, some = _people(len(without)), _some(without)
        detail = Text("{people} lack it: {some}.", people=lacking, some=some)
        remedy = Text("They can't be reset until it is set.")
        rows.append(_row(title, "warning", detail, remedy, _BY))
    if shared:
        alike = [dn for dns in shared for dn in dns]
        sharing, some = _people(len(alike)), _some(alike)
        detail = Text(
            "{people} share it with somebody: {some}.", people=sharing, some=some
        )
        remedy = Text("They can't be reset until it is different for each.")
        rows.append(_row(title, "warning", detail, remedy, _BY))
    if not rows:
        detail = Text("Different for each of {people}", people=_people(count))
        rows.append(_row(title, "ok", detail))
    return tuple(rows)


def _groups(opened: Connection, base_dn: str, group: str) -> Iterator[Entry]:
    if "=" in group and is_below(group, base_dn):
        query = "(objectClass=group)"
        try:
            yield from opened.search(group, query, (), scope="base", paged=False)
        except DirectoryError:
            return
        return
    name = escape(group)
    query = f"(&(objectClass=group)(|(sAMAccountName={name})(cn={name})))"
    yield from opened.search(base_dn, query, ())


def _people(count: int) -> Text:
    return plural("{count} person", "{count} people", count)


def _some(names: Sequence[str]) -> Text:
    shown, rest = "; ".join(sorted(names)[:_NAMED]), len(names) - _NAMED
    if rest <= 0:
        return verbatim(shown)
    return Text("{shown}, and {rest} more", shown=shown, rest=rest)


def _row(
    title: Text,
    state: State,
    detail: Text,
    remedy: Text = EMPTY,
    field: str | None = None,
) -> Check:
    return Check(str(title), title, state, detail, remedy, field=field)
