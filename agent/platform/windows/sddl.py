"""Security descriptors in SDDL (MS-DTYP 2.5.1): read, compared, asked who may what.

Windows spells one descriptor in many ways: names for SIDs and rights, or numbers; an
order of entries of its own; flags that say how it came about. Compared is what a
descriptor lets whom do.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.acl.sid import Sid

SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
OWNER_RIGHTS = "S-1-3-4"
CREATOR_OWNER = "S-1-3-0"

# MS-DTYP 2.5.1.1, sid-token; for the others, of a machine or a domain, see `numbered`
_SIDS = {
    "SY": SYSTEM,
    "BA": ADMINISTRATORS,
    "OW": OWNER_RIGHTS,
    "CO": CREATOR_OWNER,
    "CG": "S-1-3-1",
    "WD": "S-1-1-0",
    "AN": "S-1-5-7",
    "AU": "S-1-5-11",
    "IU": "S-1-5-4",
    "SU": "S-1-5-6",
    "NU": "S-1-5-2",
    "PS": "S-1-5-10",
    "LS": "S-1-5-19",
    "NS": "S-1-5-20",
    "RC": "S-1-5-12",
    "AC": "S-1-15-2-1",
    "BU": "S-1-5-32-545",
    "BG": "S-1-5-32-546",
    "PU": "S-1-5-32-547",
    "BO": "S-1-5-32-551",
    "SO": "S-1-5-32-549",
    "RU": "S-1-5-32-554",
}
# MS-DTYP 2.5.1.1, generic-rights-string, standard, file and directory rights
_RIGHTS = {
    "GA": 1 << 28,
    "GX": 1 << 29,
    "GW": 1 << 30,
    "GR": 1 << 31,
    "SD": 1 << 16,
    "RC": 1 << 17,
    "WD": 1 << 18,
    "WO": 1 << 19,
    "FA": 0x1F01FF,
    "FR": 0x120089,
    "FW": 0x120116,
    "FX": 0x1200A0,
    "CC": 1,
    "DC": 2,
    "LC": 4,
    "SW": 8,
    "RP": 16,
    "WP": 32,
    "DT": 64,
    "LO": 128,
    "CR": 256,
}
# a generic right stands for these of a file (GENERIC_MAPPING of files)
_MAPPED = (
    (_RIGHTS["GA"], _RIGHTS["FA"]),
    (_RIGHTS["GR"], _RIGHTS["FR"]),
    (_RIGHTS["GW"], _RIGHTS["FW"]),
    (_RIGHTS["GX"], _RIGHTS["FX"]),
)
FULL = _RIGHTS["FA"]
READ_DATA = 0x1
# data, appending, attributes, children, removal, the descriptor itself
WRITING = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0xD0000
_FLAGS = ("OI", "CI", "NP", "IO", "ID", "SA", "FA")
_PARTS = re.compile(
    r"(?:O:(?P<owner>[A-Z0-9-]+?))?(?:G:(?P<group>[A-Z0-9-]+?))?"
    r"(?:D:(?P<flags>[A-Z_]*)(?P<aces>(?:\([^()]*\))*))?(?:S:.*)?"
)
_TRUSTEE = re.compile(r"(?<=O:)[A-Z]{2}(?=[GDS]:|$)|(?<=;)[A-Z]{2}(?=\))")
_ACE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Entry:
    """One entry: `A` allows and `D` denies; flags of inheritance in SDDL's letters."""

    kind: str
    sid: str
    mask: int
    flags: frozenset[str]

    def __str__(self) -> str:
        flags = "".join(each for each in _FLAGS if each in self.flags)
        return f"({self.kind};{flags};0x{self.mask:x};;;{self.sid})"

    @property
    def of_the_object(self) -> bool:
        """Whether it counts for the object itself, not only for what is below it."""
        return "IO" not in self.flags


@dataclass(frozen=True)
class Descriptor:
    """Owner and DACL; no DACL (`entries` None) lets everybody do everything."""

    owner: str | None
    protected: bool
    entries: tuple[Entry, ...] | None


def numbered(sddl: str, resolve: Callable[[str], str]) -> str:
    """Write SIDs as numbers that Windows abbreviates by the machine or its domain.

    LA is the machine's own Administrator, DA its domain's administrators: `resolve`
    gives the SID of such a name here. An OSError of it leaves the name.
    """

    def number(found: re.Match[str]) -> str:
        name = found[0]
        if name in _SIDS:
            return name
        try:
            return resolve(name)
        except OSError:  # which `read` does not know either
            return name

    return _TRUSTEE.sub(number, sddl)


def read(sddl: str) -> Descriptor:
    """Read a descriptor; ValueError where it is none, or has what is not known."""
    form = _PARTS.fullmatch(sddl)
    if form is None:
        raise ValueError("this is no security descriptor in SDDL")
    owner = _sid(form["owner"]) if form["owner"] else None
    flags: str | None = form["flags"]
    if flags is None:
        return Descriptor(owner, protected=False, entries=None)
    if "NO_ACCESS_CONTROL" in flags:
        raise ValueError("a DACL that is null is not looked into")
    # AI and AR say how it came about
    protected = "P" in flags.replace("AR", "").replace("AI", "")
    entries = tuple(map(_entry, _ACE.findall(form["aces"])))
    return Descriptor(owner, protected=protected, entries=entries)


def same(one: str, other: str) -> bool:
    """Say whether two descriptors let the same people do the same.

    The owner counts where both name one. What can't be read is the same as nothing.
    """
    try:
        first, second = read(one), read(other)
    except ValueError:
        return False
    owners = {each.owner for each in (first, second) if each.owner}
    return len(owners) < 2 and _counting(first) == _counting(second)


def allowed(descriptor: Descriptor, mask: int) -> Iterator[str]:
    """Give the SIDs that an entry lets do some of what is in a mask.

    What is denied is not taken off: who is named is looked at. Without a DACL it is
    everybody.
    """
    if descriptor.entries is None:
        yield _SIDS["WD"]
        return
    for entry in descriptor.entries:
        if entry.kind != "D" and entry.of_the_object and entry.mask & mask:
            yield entry.sid


def _counting(descriptor: Descriptor) -> object:
    """Give what counts of a descriptor, in an order of our own.

    Entries change places with their like alone: whether one that denies comes before
    one that allows is a difference.
    """
    if descriptor.entries is None:
        return None
    runs = groupby(descriptor.entries, key=lambda entry: entry.kind)
    return descriptor.protected, [(kind, frozenset(run)) for kind, run in runs]


def _entry(text: str) -> Entry:
    fields = text.split(";")
    if len(fields) != 6 or fields[3] or fields[4]:
        raise ValueError(f"({text}) is no entry of a file")
    kind, flags, rights, _, _, sid = fields
    if kind not in ("A", "D"):
        raise ValueError(f"({text}) neither allows nor denies")
    return Entry(kind, _sid(sid), _mask(rights), frozenset(_letters(flags, _FLAGS)))


def _sid(text: str) -> str:
    return str(Sid.of(_SIDS.get(text, text)))


def _mask(text: str) -> int:
    if text[:1].isdigit():
        number = int(text, 0)
    else:
        number = 0
        for name in _letters(text, tuple(_RIGHTS)):
            number |= _RIGHTS[name]
    for generic, specific in _MAPPED:
        if number & generic:
            number = number & ~generic | specific
    return number


def _letters(text: str, known: Sequence[str]) -> Iterator[str]:
    names = [text[at : at + 2] for at in range(0, len(text), 2)]
    for name in names:
        if name not in known:
            raise ValueError(f"{name} is not known in SDDL")
        yield name
