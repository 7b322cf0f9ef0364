"""Who could take the agent's account over: reset it, change its permissions, join.

Pure. Everybody named in the permission list is asked one by one. Who administers the
domain anyway is left out; Account Operators, who do by default, are told of.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.acl.access_check import Reason
from agent.acl.ace import ALLOWING, Ace, AceFlag, UnknownAce
from agent.acl.ace_text import words
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import OWNER_RIGHTS, SELF, domain_of, is_broad
from wizard.permissions import held_rights
from wizard.permissions.excess_rights import Place
from wizard.permissions.findings import Finding, Level, NameOf, not_known

_SYSTEM = frozenset({"S-1-5-18", "S-1-5-32-544"})
_DOMAIN_ADMINS, _ENTERPRISE_ADMINS = 512, 519
_ACCOUNT_OPERATORS = "S-1-5-32-548"

ACCOUNT = (Right.RESET_PASSWORD, *held_rights.CONTROL)
GROUP = (Right.WRITE_MEMBERS, Right.ADD_SELF, *held_rights.CONTROL)


@dataclass(frozen=True, slots=True)
class Guarded(Place):
    """What should be guarded: the account, or a group that holds its rights.

    Attributes:
        rights: what takes it over.

    """

    rights: tuple[Right, ...]


def of_guarded(
    guarded: Guarded, own: Sid, root: Sid | None, name_of: NameOf
) -> Iterator[Finding]:
    """Tell who could take it over, leaving out the default administrators.

    Args:
        guarded: the account or a group.
        own: the account's SID: what it may do to itself is no way in.
        root: the SID of the forest's root domain; None: not known, so that nobody is
            taken for its Enterprise Admins.
        name_of: how a SID is called.

    """
    what, descriptor = f"guard/{guarded.name}", read(guarded.descriptor)
    if isinstance(descriptor, Unreadable):
        about = f"who could take over {guarded.title}"
        yield not_known(what, about, descriptor.reason, held_rights.LET_READ)
        return
    if descriptor.dacl is None:
        yield _everybody(what, guarded)
        return
    harmless = _administrators(own, root) | {own, SELF, OWNER_RIGHTS}
    findings = tuple(_takers(guarded, descriptor, harmless, name_of))
    yield from findings
    if all(finding.level is Level.INFO for finding in findings):
        title = f"Only administrators of the domain could take over {guarded.title}"
        yield Finding(what, Level.OK, title)


def _everybody(what: str, guarded: Guarded) -> Finding:
    return Finding(
        f"{what}/S-1-1-0",
        Level.PROBLEM,
        f"Everybody may do everything with {guarded.title}",
        "nTSecurityDescriptor has no DACL",
        "Give it the permissions that other objects of its kind have.",
    )


def _administrators(own: Sid, root: Sid | None) -> frozenset[Sid]:
    """Give who administers the domain: its own administrators and the forest's."""
    groups = ((domain_of(own), _DOMAIN_ADMINS), (root, _ENTERPRISE_ADMINS))
    known = {f"{domain}-{rid}" for domain, rid in groups if domain is not None}
    return frozenset(map(Sid.of, _SYSTEM | known))


def _takers(
    guarded: Guarded,
    descriptor: SecurityDescriptor,
    harmless: frozenset[Sid],
    name_of: NameOf,
) -> Iterator[Finding]:
    if stranger := _stranger(descriptor):
        about = f"whether an entry lets somebody take over {guarded.title}"
        what, shown_by = f"guard/{guarded.name}/unknown", words(stranger)
        yield not_known(what, about, shown_by, held_rights.LOOK)
    for sid in _trustees(descriptor):
        if sid in harmless:  # the owner is asked by its own SID
            continue
        alone = frozenset({sid})
        held = held_rights.ask(descriptor, alone, guarded.rights, guarded.classes)
        sure = tuple(each for each in held if each.decision.allowed)
        if sure:
            yield _taker(guarded, sid, sure, name_of)
        elif held and held[0].decision.reason is not Reason.UNKNOWN:
            yield _perhaps(guarded, sid, held[0], name_of)


def _stranger(descriptor: SecurityDescriptor) -> UnknownAce | None:
    """Give an entry whose kind is not known: it may speak of anybody."""
    aces = descriptor.dacl.aces if descriptor.dacl else ()
    unknown = (ace for ace in aces if isinstance(ace, UnknownAce))
    here = (ace for ace in unknown if not ace.flags & AceFlag.INHERIT_ONLY)
    return next(here, None)


def _trustees(descriptor: SecurityDescriptor) -> Iterable[Sid]:
    """Give everybody who is allowed something, in their order, each once."""
    aces = descriptor.dacl.aces if descriptor.dacl else ()
    named = [
        ace.sid
        for ace in aces
        if isinstance(ace, Ace) and ace.type in ALLOWING and not ace.inherit_only
    ]
    owner = [descriptor.owner] if descriptor.owner else []
    return dict.fromkeys([*named, *owner])


def _taker(
    guarded: Guarded, sid: Sid, held: tuple[held_rights.Held, ...], name_of: NameOf
) -> Finding:
    operators = str(sid) == _ACCOUNT_OPERATORS
    level = Level.PROBLEM if is_broad(sid) else Level.WARNING
    remedy = (
        "Keep that group empty, as is advised for it."
        if operators
        else "Take the entry away, or make sure that only administrators of the domain "
        "are behind it."
    )
    return Finding(
        f"guard/{guarded.name}/{sid}",
        Level.INFO if operators else level,
        f"{name_of(sid)} may {_deeds(held)}: {guarded.title}",
        "; ".join(dict.fromkeys(each.shown_by(name_of) for each in held)),
        remedy,
    )


def _deeds(held: tuple[held_rights.Held, ...]) -> str:
    if held_rights.has_full(held):
        return "do everything"
    deeds = [each.right.value.words for each in held]
    return " and ".join([", ".join(deeds[:-1]), deeds[-1]] if deeds[1:] else deeds)


def _perhaps(
    guarded: Guarded, sid: Sid, held: held_rights.Held, name_of: NameOf
) -> Finding:
    about = f"whether {name_of(sid)} could take over {guarded.title}"
    shown_by = f"{held.shown_by(name_of)}: {held.decision.reason.value}"
    return not_known(f"guard/{guarded.name}/{sid}", about, shown_by, held_rights.LOOK)


def of_holders(holders: Iterable[Sid], own: Sid, name_of: NameOf) -> Iterator[Finding]:
    """Tell of rights that the account holds only because nearly everybody does."""
    for sid in sorted(holders, key=str):
        if is_broad(sid) and sid != own:
            name = name_of(sid)
            yield Finding(
                f"grants/{sid}",
                Level.PROBLEM,
                f"{name} holds the right, and not the agent's account alone",
                f"an entry on people of the scope is for {name}",
                f"Take the entry for {name} away, and grant the account its own.",
            )
