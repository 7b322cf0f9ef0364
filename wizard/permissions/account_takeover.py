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
from wire.text import Text, listed, verbatim
from wizard.permissions.excess_rights import Place
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import (
    CONTROL,
    LOOK,
    HeldRight,
    ask,
    has_full,
    unread,
)

_SYSTEM = frozenset({"S-1-5-18", "S-1-5-32-544"})
_DOMAIN_ADMINS, _ENTERPRISE_ADMINS = 512, 519
_ACCOUNT_OPERATORS = "S-1-5-32-548"

ACCOUNT = (Right.RESET_PASSWORD, *CONTROL)
GROUP = (Right.WRITE_MEMBERS, Right.ADD_SELF, *CONTROL)


@dataclass(frozen=True, slots=True)
class Guarded(Place):
    """The account, or a group that holds its rights, and what rights take it over."""

    rights: tuple[Right, ...]


def of_guarded(
    guarded: Guarded, own: Sid, root: Sid | None, name_of: NameOf
) -> Iterator[Finding]:
    """Tell who could take it over, leaving out the default administrators.

    What `own`, the account itself, may do is no way in. Where the forest's root domain
    is not known, nobody is taken for its Enterprise Admins.
    """
    what, descriptor = f"guard/{guarded.name}", read(guarded.descriptor)
    title = guarded.title
    if isinstance(descriptor, Unreadable):
        yield unread(
            what, Text("who could gain control of {title}", title=title), descriptor
        )
        return
    if descriptor.dacl is None:
        yield Finding(
            f"{what}/S-1-1-0",
            Level.PROBLEM,
            Text("Everybody may do everything with {title}", title=title),
            "nTSecurityDescriptor has no DACL",
            "Give it the permissions that other objects of its kind have.",
        )
        return
    harmless = _administrators(own, root) | {own, SELF, OWNER_RIGHTS}
    findings = tuple(_takers(guarded, descriptor, harmless, name_of))
    yield from findings
    if all(finding.level is Level.INFO for finding in findings):
        fine = Text(
            "Only administrators of the domain could gain control of {title}",
            title=title,
        )
        yield Finding(what, Level.OK, fine)


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
        title = guarded.title
        about = Text(
            "whether an entry lets somebody gain control of {title}", title=title
        )
        what, shown_by = f"guard/{guarded.name}/unknown", verbatim(words(stranger))
        yield not_known(what, about, shown_by, LOOK)
    for sid in _trustees(descriptor):
        if sid in harmless:  # the owner is asked by its own SID
            continue
        alone = frozenset({sid})
        held = ask(descriptor, alone, guarded.rights, guarded.classes)
        sure = tuple(each for each in held if each.decision.allowed)
        if sure:
            yield _taker(guarded, sid, sure, name_of)
        elif held and held[0].decision.reason is not Reason.UNKNOWN:
            name, title = name_of(sid), guarded.title
            about = Text(
                "whether {name} could gain control of {title}", name=name, title=title
            )
            yield held[0].left_open(f"guard/{guarded.name}/{sid}", about, name_of)


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
    guarded: Guarded, sid: Sid, held: tuple[HeldRight, ...], name_of: NameOf
) -> Finding:
    operators = str(sid) == _ACCOUNT_OPERATORS
    level = Level.PROBLEM if is_broad(sid) else Level.WARNING
    remedy = Text(
        "Take the entry away, or make sure that only administrators of the domain are "
        "behind it."
    )
    if operators:
        remedy = Text("Keep that group empty, as is advised for it.")
    name, actions, title = name_of(sid), _actions(held), guarded.title
    return Finding(
        f"guard/{guarded.name}/{sid}",
        Level.INFO if operators else level,
        Text("{name} may {actions}: {title}", name=name, actions=actions, title=title),
        listed(dict.fromkeys(each.shown_by(name_of) for each in held)),
        remedy,
    )


def _actions(held: tuple[HeldRight, ...]) -> Text:
    if has_full(held):
        return Text("do everything")
    *others, last = (verbatim(each.right.value.words) for each in held)
    if not others:
        return last
    return Text("{others} and {last}", others=listed(others, ", "), last=last)


def of_holders(holders: Iterable[Sid], own: Sid, name_of: NameOf) -> Iterator[Finding]:
    """Tell of rights that the account holds only because nearly everybody does."""
    for sid in sorted(holders, key=str):
        if is_broad(sid) and sid != own:
            name = name_of(sid)
            yield Finding(
                f"grants/{sid}",
                Level.PROBLEM,
                Text(
                    "{name} holds the right, and not the service account alone",
                    name=name,
                ),
                Text("an entry on people of the scope is for {name}", name=name),
                Text(
                    "Take the entry for {name} away, and grant the account its own.",
                    name=name,
                ),
            )
