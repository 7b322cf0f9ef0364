"""Entries in words: for an administrator to read, and for a shell to run.

The entry of a `Grant` is shown as a sentence, as dsacls and as
PowerShell, for places where another team owns the directory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from agent.access import (
    ACCOUNT_RESTRICTIONS,
    INET_ORG_PERSON,
    READ_CONTROL,
    USER,
    WRITE_DAC,
    WRITE_OWNER,
    WRITE_PROPERTY,
    Right,
    effective_mask,
    grant_ace,
)
from agent.ace import ALLOWING, CALLBACK, DENYING, Ace, AceFlag, Sid, UnknownAce

# an entry meant for one class is not handed down to objects of another, not even of a
# subclass: what reaches users does not reach an inetOrgPerson (MS-ADTS 6.1.3, the
# class compared is the most specific one)
KINDS = {"user": USER, "inetOrgPerson": INET_ORG_PERSON}


@dataclass(frozen=True, slots=True)
class Grant:
    """A right on everybody of one class below a container.

    Attributes:
        right: what is allowed.
        kind: a name of `KINDS`.

    """

    right: Right
    kind: str = "user"

    @property
    def name(self) -> str:
        """What a plan and a journal call it."""
        plain = self.kind == "user"
        return self.right.name if plain else f"{self.right.name} {self.kind}"

    @classmethod
    def of(cls, name: str) -> Self:
        """Read what `name` gave.

        Raises:
            KeyError: nothing has that name.

        """
        right, _, kind = name.partition(" ")
        if kind and kind not in KINDS:
            raise KeyError(name)
        return cls(Right[right], kind or "user")

    def ace(self, sid: Sid) -> Ace:
        """Make the entry that grants it."""
        made = grant_ace(self.right, sid)
        if made.inherited_object_type is None:
            return made  # for the head of the domain alone
        return replace(made, inherited_object_type=KINDS[self.kind])


def words(ace: Ace | UnknownAce, *, name_of: Callable[[Sid], str] = str) -> str:
    """Say what one entry does, for an administrator."""
    if isinstance(ace, UnknownAce):
        return f"An entry of unknown kind ({ace.name})"
    verb = "Denies" if ace.type in DENYING else "Allows"
    if ace.type not in DENYING and ace.type not in ALLOWING:
        verb = "Audits or labels"
    said = f"{verb} {name_of(ace.sid)} to {_deeds(ace)}{_where(ace)}"
    if ace.type in CALLBACK:
        said += ", under a condition"
    return said + (" (inherited)" if ace.inherited else "")


def _deeds(ace: Ace) -> str:
    mask = effective_mask(ace.mask)
    if mask & 0xF01FF == 0xF01FF and ace.object_type is None:
        return "do everything"
    if ace.object_type is None:
        return " and ".join(name for bit, name in _DEEDS if mask & bit) or hex(mask)
    for right in Right:
        if right.value.guid == ace.object_type and mask & right.value.mask:
            return right.value.words
    return f"{_verbs(mask)} {_NAMES.get(ace.object_type, str(ace.object_type))}"


_DEEDS = (
    (0x10, "read all properties"),
    (0x20, "write all properties"),
    (0x100, "use all extended rights, Reset Password among them"),
    (0x1, "create objects"),
    (0x2, "delete objects below"),
    (0x40, "delete the tree"),
    (0x10000, "delete"),
    (0x4, "list"),
    (0x8, "make validated writes"),
    (READ_CONTROL, Right.READ_CONTROL.value.words),
    (WRITE_DAC, Right.WRITE_DACL.value.words),
    (WRITE_OWNER, Right.WRITE_OWNER.value.words),
)
_NAMES = {
    ACCOUNT_RESTRICTIONS: "the account restrictions (pwdLastSet among them)",
    USER: "user objects",
    INET_ORG_PERSON: "inetOrgPerson objects",
}


def _verbs(mask: int) -> str:
    verbs = ((0x10, "read"), (0x20, "write"), (0x1, "create"), (0x2, "delete"))
    return " and ".join(verb for bit, verb in verbs if mask & bit) or "use the right"


def _where(ace: Ace) -> str:
    if not ace.flags & AceFlag.CONTAINER_INHERIT:
        return ""
    kind = ace.inherited_object_type
    below = "all objects" if kind is None else _NAMES.get(kind, f"objects of {kind}")
    return f" on {below} below" if ace.inherit_only else f" here and on {below} below"


# within double quotes: what ends them, and what cmd and PowerShell replace there; to
# PowerShell U+201C to U+201E are double quotes too
_READ_BY_SHELLS = re.compile(r'["%$`\x00-\x1f\u201c-\u201e]')
_NOT_FOR_DSACLS = (
    "rem A name here has characters that a shell reads, which dsacls can not be given. "
    "Use PowerShell for this entry."
)
# to PowerShell each of these ends a string in single quotes; two of them are one
_SINGLE_QUOTES = re.compile("['\u2018-\u201b]")


def dsacls_line(ace: Ace, account: str, container_dn: str) -> str:
    """Write the entry of a grant as the dsacls command that does the same.

    A name that a shell would not pass on as it is gives a remark instead: whoever may
    name a container must not choose what an administrator runs.
    """
    if _READ_BY_SHELLS.search(container_dn + account):
        return _NOT_FOR_DSACLS
    right = next(r.value for r in Right if r.value.guid == ace.object_type)
    kind = "WP" if ace.mask == WRITE_PROPERTY else "CA"
    if ace.inherited_object_type is None:
        return f'dsacls "{container_dn}" /G "{account}:{kind};{right.short}"'
    below = next(name for name, of in KINDS.items() if of == ace.inherited_object_type)
    return f'dsacls "{container_dn}" /I:S /G "{account}:{kind};{right.short};{below}"'


def powershell(ace: Ace, container_dn: str) -> str:
    """Write the entry of a grant as PowerShell with the ActiveDirectory module."""
    return _powershell(ace, container_dn, "AddAccessRule")


def powershell_revoke(ace: Ace, container_dn: str) -> str:
    """Write PowerShell that removes exactly this entry; `dsacls /R` takes them all."""
    return _powershell(ace, container_dn, "RemoveAccessRuleSpecific")


def _powershell(ace: Ace, container_dn: str, method: str) -> str:
    path = _path(container_dn)  # literal: else [ and * would be a pattern
    kind = "WriteProperty" if ace.mask == WRITE_PROPERTY else "ExtendedRight"
    spread = "None" if ace.inherited_object_type is None else "Descendents"
    below = ace.inherited_object_type or UUID(int=0)
    return (
        f"$acl = Get-Acl -LiteralPath {path}; $acl.{method}("
        "[DirectoryServices.ActiveDirectoryAccessRule]::new("
        f"[Security.Principal.SecurityIdentifier]'{ace.sid}', '{kind}', 'Allow', "
        f"[guid]'{ace.object_type}', '{spread}', [guid]'{below}')); "
        f"Set-Acl -LiteralPath {path} -AclObject $acl"
    )


def _path(container_dn: str) -> str:
    quoted = _SINGLE_QUOTES.sub(r"\g<0>\g<0>", container_dn)
    return f"'AD:\\{quoted}'"
