"""Whom the lists of self-service mean, and what is weak about what is asked of them."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent.active_directory.named_principals import (
    read_named_principals,
)
from agent.config.self_service import SelfService
from agent.ldap.connection import Connection
from agent.ldap.filters import escape, member_filter, people_filter
from wire.self_service.proof_kind import ProofKind
from wire.text import EMPTY, Text, day, plural
from wizard.checks.outcome import Outcome, Report
from wizard.directory.sign_in import as_either
from wizard.flow.pages.order import FIELDS
from wizard.flow.pages.self_service import (
    ALLOWED_FROM,
    CHANGE,
    EXCEPTIONS,
    GROUPS,
    KINDS,
    NAMED,
    OFFERED,
    PEERS,
    PORTAL_CODES,
    PROVIDER,
    RECEIPTS,
    TWO,
)
from wizard.flow.pages.self_service_roles import (
    ADMINISTRATORS,
    AUDITORS,
    HELP_DESK,
)
from wizard.flow.peer_lines import last_day
from wizard.flow.validation import is_plain_name
from wizard.inputs import Draft, SelfServiceDraft
from wizard.plan.change import Context
from wizard.results import Check, State

_MOST = 3  # of a name, found to say that there are several
SMS_ALONE = Text(
    "A text message is enough alone: whoever has the phone number moved to a SIM card "
    "of theirs can reset the password."
)
_ASK_TWO = Text("Ask for two methods, or clear text messages.")
_NO_RECEIPT = Text(
    "Whoever writes to the portal's database can add a verification method to any "
    "account, and reset its password with that."
)
_NO_USE = Text(
    "Nobody registers a first method after it: a registration code is asked for."
)
_OF_NO_USE = Text("Clear it, or let the first method be registered without a code.")
_NO_CODES = Text("Nobody can make a registration code, so nobody can register.")
_NO_CODES_FOR_TWO = Text(
    "They register their first method with a registration code, and nobody can make "
    "one."
)
_MAKE_CODES = Text(
    "Name a help desk, or let registration codes of the portal's owner count."
)
_OWNER_S_CODES = Text(
    "Whoever has the portal in their hands can register a verification method for "
    "anybody, and reset the password with that."
)
_HELPERS_CODES = Text(
    "Administrators of the portal make the registration codes of the help desk, and "
    "only its owner makes theirs."
)
_OWNER_S_MEANWHILE = Text(
    "Let registration codes of the portal's owner count until the first have "
    "registered."
)
_NO_MORE_CODES = Text("Clear it once the first of the help desk have registered.")
_RECEIPT = Text("Ask for receipts once people who registered before signed in again.")


def run(
    draft: Draft, context: Context, _stop: threading.Event, _report: Report
) -> Outcome:
    """Find everybody who is named; the values are their DNs, and SIDs as given."""
    directory, wanted = draft.needed_directory(), draft.self_service
    if wanted is None:
        return Outcome(())
    rows: list[Check] = []
    values: dict[str, tuple[str, ...]] = {}
    with as_either(directory, context) as opened:
        for path in NAMED:
            given = _NamedList(
                opened, directory.base_dn, path, wanted.named.get(path, ())
            )
            rows += given.rows()
            values[path] = given.resolved
    rows += weak(wanted)
    rows += refused(wanted)
    rows += registering(wanted)
    rows += ended_peers(wanted, datetime.now(UTC).date())
    failed = {row.field for row in rows if row.state == "failed"}
    changed = {
        path: found
        for path, found in values.items()
        if path not in failed and found != wanted.named.get(path, ())
    }
    return Outcome(tuple(rows), changed)


def sms_is_enough(proofs: int, kinds: tuple[str, ...]) -> bool:
    """Say whether a text message alone resets a password."""
    return proofs == 1 and ProofKind.SMS in kinds


def weak(wanted: SelfServiceDraft) -> Iterator[Check]:
    """Warn of what is asked for and is weak."""
    if sms_is_enough(wanted.proofs, wanted.kinds):
        title = Text("Verification methods")
        yield Check("sms_alone", title, "warning", SMS_ALONE, _ASK_TWO, field=KINDS)
    if wanted.receipts == "accepted":
        title = FIELDS[RECEIPTS].label
        yield Check("receipts", title, "warning", _NO_RECEIPT, _RECEIPT, field=RECEIPTS)


def registering(wanted: SelfServiceDraft) -> Iterator[Check]:
    """Warn of ways to register that lead nowhere, or are open for longer than needed.

    A registration code is made by the help desk, by administrators of the portal who
    help likewise, or by the portal's owner.
    """
    helped = any(wanted.named.get(path) for path in (HELP_DESK, ADMINISTRATORS))
    by_code = wanted.allowed_from == "code"
    if by_code and wanted.provider_sign_in:
        yield _warned("provider_no_use", PROVIDER, _NO_USE, _OF_NO_USE)
    if not helped and not wanted.portal_codes:
        if by_code:
            yield _warned("nobody_makes_codes", ALLOWED_FROM, _NO_CODES, _MAKE_CODES)
        elif wanted.named.get(TWO):
            yield _warned("no_codes_for_two", TWO, _NO_CODES_FOR_TWO, _MAKE_CODES)
    if helped and wanted.portal_codes:
        yield _warned("portal_codes", PORTAL_CODES, _OWNER_S_CODES, _NO_MORE_CODES)
    elif helped and (by_code or _helpers_of_two_proofs(wanted)):
        label = FIELDS[PORTAL_CODES].label
        # no warning: once they have registered it is as it should be
        yield Check(
            *("helpers_codes", label, "info", _HELPERS_CODES, _OWNER_S_MEANWHILE),
            field=PORTAL_CODES,
        )


def _helpers_of_two_proofs(wanted: SelfServiceDraft) -> bool:
    """Whether who helps is named among those who always need a code."""
    helpers = {
        each
        for path in (HELP_DESK, ADMINISTRATORS)
        for each in wanted.named.get(path, ())
    }
    return not helpers.isdisjoint(wanted.named.get(TWO, ()))


def _warned(check: str, path: str, what: Text, remedy: Text) -> Check:
    return Check(check, FIELDS[path].label, "warning", what, remedy, field=path)


def refused(wanted: SelfServiceDraft) -> Iterator[Check]:
    """Warn of what people are offered and the agent refuses: its feature is off."""
    for path in wanted.switched_off:
        offered, feature = FIELDS[path].label, FIELDS[OFFERED[path]].label
        off = Text("The agent refuses it: {feature} is off.", feature=feature)
        remedy = Text(
            "Turn it on under Optional features, or clear {offered} here.",
            offered=offered,
        )
        check = "change_off" if path == CHANGE else "unlock_off"
        yield Check(check, offered, "warning", off, remedy, field=path)


def ended_peers(wanted: SelfServiceDraft, today: date) -> Iterator[Check]:
    """Warn of agents whose last day is over."""
    for peer in wanted.peers:
        until = last_day(peer)
        if until and until < today:
            title = Text(
                "{list}: {entry}", list=FIELDS[PEERS].label, entry=peer["fingerprint"]
            )
            over = Text(
                "The last day on which its receipts counted was {day}.", day=day(until)
            )
            remedy = Text("Take the line out, or give a later day.")
            yield Check(str(title), title, "warning", over, remedy, field=PEERS)


def check_named(
    opened: Connection, base_dn: str, settings: SelfService
) -> Iterator[Check]:
    """Find whom the lists of settings name; who is not found is a failure."""
    for path, entries in lists_of(settings).items():
        yield from _NamedList(opened, base_dn, path, entries).rows()


def lists_of(settings: SelfService) -> Mapping[str, tuple[str, ...]]:
    """Give the lists that name people and groups, by the paths of their fields."""
    roles = settings.roles
    return {
        GROUPS: settings.groups if settings.who == "groups" else (),
        EXCEPTIONS: settings.exceptions,
        TWO: settings.two_proof_groups,
        HELP_DESK: roles.help_desk,
        AUDITORS: roles.auditors,
        ADMINISTRATORS: roles.administrators,
    }


@dataclass(frozen=True)
class _Name:
    """A name that is looked up: the DNs of those who have it."""

    entry: str
    found: tuple[str, ...]


class _NamedList:
    """One list as the directory has it."""

    def __init__(
        self, opened: Connection, base_dn: str, path: str, entries: tuple[str, ...]
    ) -> None:
        self._opened, self._base_dn = opened, base_dn
        self._path, self._label = path, FIELDS[path].label
        self._names = [self._look_up(entry) for entry in entries]
        exact = [name.found[0] for name in self._names if len(name.found) == 1]
        self._known = read_named_principals(opened, base_dn, exact)

    @property
    def resolved(self) -> tuple[str, ...]:
        """The entries, each once, names as what they were found to be."""
        found = (
            name.found[0] if len(name.found) == 1 else name.entry
            for name in self._names
        )
        return tuple(dict.fromkeys(found))

    def rows(self) -> Iterator[Check]:
        """Give a row for each entry."""
        for name in self._names:
            yield self._row(name)

    def _look_up(self, entry: str) -> _Name:
        if not is_plain_name(entry):
            return _Name(entry, (entry,))
        for query in _queries(entry):
            hits = self._opened.search(self._base_dn, query, (), limit=_MOST)
            if found := tuple(hit.dn for hit in hits):
                return _Name(entry, found)
        return _Name(entry, ())

    def _row(self, name: _Name) -> Check:
        only = name.found[0] if len(name.found) == 1 else ""
        if len(name.found) > 1:
            several = Text("Several are named {name}.", name=name.entry)
            return self._made(
                name, "failed", several, Text("Give its distinguished name.")
            )
        if not only or only in self._known.missing:
            nobody = Text("Nobody is named {name}.", name=name.entry)
            return self._made(name, "failed", nobody, Text("Check the name."))
        if only in self._known.groups.values():
            return self._group(name, only)
        found = only in self._known.names
        words = Text("Found.") if found else Text("Counts by its SID.")
        return self._made(name, "ok", words)

    def _group(self, name: _Name, group: str) -> Check:
        dn = self._dn_of(group)
        query = people_filter(member_filter(dn))
        members = sum(1 for _ in self._opened.search(self._base_dn, query, ()))
        if not members and self._path == GROUPS:
            empty = Text("{dn} has no members.", dn=dn)
            remedy = Text("Add people to it, or choose another group.")
            return self._made(name, "warning", empty, remedy)
        people = plural("{count} person", "{count} people", members)
        words = Text("{dn}: {people}, nested members counted", dn=dn, people=people)
        return self._made(name, "ok", words)

    def _dn_of(self, group: str) -> str:
        """Give the DN of a group, which may be named by its SID."""
        named = self._known.groups.items()
        folded = (dn for dn, entry in named if entry == group)
        return group if "=" in group else next(folded)

    def _made(
        self, name: _Name, state: State, detail: Text, remedy: Text = EMPTY
    ) -> Check:
        title = Text("{list}: {entry}", list=self._label, entry=name.entry)
        return Check(str(title), title, state, detail, remedy, field=self._path)


def _queries(entry: str) -> tuple[str, str]:
    r"""Make the filters for a name: of groups first, then of people.

    The domain of `CORP\Office staff` is left out.
    """
    name = escape(entry.rpartition("\\")[2])
    own = f"(|(sAMAccountName={name})(cn={name}))"
    return (
        f"(&(objectClass=group){own})",
        people_filter(f"(|(userPrincipalName={name})(sAMAccountName={name}))"),
    )
