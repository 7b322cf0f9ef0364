"""A case of the access check as a small file, and what the controller reads otherwise.

The file holds the descriptor as SDDL, the token, what was asked, what the product
said and what the controller then did. It is replayed without a lab.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from agent import access
from agent.access import Right, decide
from agent.account import Account, PasswordPolicy, UserFlag
from agent.ace import Ace, AceType, Sid, UnknownAce, sddl
from agent.descriptor import Acl, Control, SecurityDescriptor, with_dacl
from agent.subject import Subject
from tests.agent.sddl_text import FLAGS, TYPES

FOLDER = Path(__file__).parents[1] / "data/access"
_EVERY_RIGHT = 0xF01FF
_BITS = {
    "CC": 0x1,
    "DC": 0x2,
    "LC": 0x4,
    "SW": 0x8,
    "RP": 0x10,
    "WP": 0x20,
    "DT": 0x40,
    "LO": 0x80,
    "CR": 0x100,
    "SD": 0x10000,
    "RC": 0x20000,
    "WD": 0x40000,
    "WO": 0x80000,
    "GA": 0x10000000,
    "GX": 0x20000000,
    "GW": 0x40000000,
    "GR": 0x80000000,
}
NOW = datetime(2026, 11, 23, tzinfo=UTC)
POLICY = PasswordPolicy(
    source="a policy that refuses nothing",
    min_length=0,
    complexity=False,
    history=0,
    min_age=timedelta(0),
    max_age=None,
    lockout_threshold=0,
    lockout_duration=None,
)
_WHOLE = re.compile(r"O:([^:]*)D:(P?)((?:\([^)]*\))*)")


@dataclass(frozen=True)
class Kept:
    """One question, and the answers.

    Attributes:
        about: where it comes from: the seed and the number of the case.
        descriptor: SDDL, with the owner and without names for SIDs.
        token: the SIDs of the account.
        self_sid: the object's own.
        object_class: the object's.
        right: which one, by its name in `Right`.
        said: what Active Directory's rules make of it, as the product told.
        seen: what the controller did.
        answer: what the verdict has to be, where that was in question.
        hidden: the descriptor could not be read by the account.

    """

    about: str
    descriptor: str
    token: list[str]
    self_sid: str
    object_class: str
    right: str
    said: bool
    seen: bool
    answer: str = ""
    hidden: bool = False

    def decided(self, descriptor: SecurityDescriptor) -> bool:
        """Ask the product."""
        return decide(
            descriptor,
            frozenset(map(Sid.of, self.token)),
            Right[self.right],
            classes=frozenset({UUID(self.object_class)}),
            self_sid=Sid.of(self.self_sid),
        ).allowed

    def subject(self) -> Subject:
        """Give what the verdict was made from."""
        raw = None if self.hidden else from_sddl(self.descriptor).to_bytes()
        token = frozenset(map(Sid.of, self.token))
        return subject_of(raw, token, Sid.of(self.self_sid), UUID(self.object_class))


def subject_of(
    raw: bytes | None, token: frozenset[Sid], self_sid: Sid, object_class: UUID
) -> Subject:
    """What the product reads of a user, where the policy refuses nothing."""
    return Subject(
        dn="CN=Target,OU=People,DC=corp,DC=test",
        guid=UUID(int=1),
        object_sid=self_sid,
        classes=frozenset({object_class}),
        descriptor=raw,
        account=Account(
            "plain", int(UserFlag.NORMAL_ACCOUNT), pwd_last_set=None, computed=0
        ),
        policy=POLICY,
        agent_sids=token,
        hints=True,
    )


def as_samba_reads(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    """Rewrite what Samba alone reads otherwise, and nothing else.

    An object entry that allows control access allows every right there that it is
    about: it is written out as that. Entries about OWNER RIGHTS are passed over, which
    Active Directory heeds (MS-DTYP 2.5.3.2): they are left out.
    """
    dacl = descriptor.dacl
    assert dacl is not None
    aces = (ace for ace in dacl.aces if not _about_owner_rights(ace))
    return with_dacl(descriptor, tuple(map(_widened, aces)))


def _about_owner_rights(ace: Ace | UnknownAce) -> bool:
    return isinstance(ace, Ace) and ace.sid == access.OWNER_RIGHTS


def _widened(ace: Ace | UnknownAce) -> Ace | UnknownAce:
    if not isinstance(ace, Ace) or ace.type != AceType.ALLOWED_OBJECT:
        return ace
    if not access.effective_mask(ace.mask) & access.CONTROL_ACCESS:
        return ace
    return replace(ace, mask=ace.mask | _EVERY_RIGHT)


def to_sddl(descriptor: SecurityDescriptor) -> str:
    """Write the owner and the list."""
    aces = descriptor.dacl.aces if descriptor.dacl else ()
    body = "".join(sddl(ace) for ace in aces if isinstance(ace, Ace))
    return f"O:{descriptor.owner}D:{'P' if descriptor.protected else ''}{body}"


def from_sddl(text: str) -> SecurityDescriptor:
    """Read what `to_sddl` wrote."""
    form = _WHOLE.fullmatch(text)
    assert form, text
    control = Control.SELF_RELATIVE | Control.DACL_PRESENT
    control |= Control.DACL_PROTECTED if form[2] else Control(0)
    aces = tuple(map(_ace, re.findall(r"\(([^)]*)\)", form[3])))
    return SecurityDescriptor(int(control), Sid.of(form[1]), None, None, Acl(aces))


def _ace(text: str) -> Ace:
    kind, flags, rights, about, heir, who = text.split(";")
    bits = int(rights, 16) if rights.startswith("0x") else _sum(rights, _BITS)
    first, second = (UUID(guid) if guid else None for guid in (about, heir))
    return Ace(TYPES[kind], _sum(flags, FLAGS), bits, Sid.of(who), first, second)


def _sum(text: str, table: dict[str, int]) -> int:
    return sum(table[text[at : at + 2]] for at in range(0, len(text), 2))


def store(kept: Kept, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(kept), indent=1) + "\n")


def load(path: Path) -> Kept:
    return Kept(**json.loads(path.read_text()))
