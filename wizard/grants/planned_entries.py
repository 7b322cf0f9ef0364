"""The entries of a plan's permissions before they are made: in words and in SDDL.

Pure. For what is shown before anybody signs in: the account may not be there yet, so
that its SID is a place to be filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.acl.ace_text import words
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from wire.text import Text, verbatim
from wizard.permissions.grant import Grant
from wizard.plan.change import Change
from wizard.plan.history import GrantRecord

_NOBODY = "S-1-0-0"


@dataclass(frozen=True)
class PlannedEntry:
    """One entry (ACE) on a container, in words and in SDDL (MS-DTYP 2.5.1)."""

    container: str
    words: Text
    sddl: str


def planned_entries(change: Change) -> Sequence[PlannedEntry]:
    """Give the entries that a change adds or removes; none where it is no grant."""
    if change.step != "grants":
        return ()
    record = GrantRecord.of(change)
    trustee = record.directory.sign_in_name
    return tuple(_entry(record, trustee, name) for name in record.rights)


def _entry(record: GrantRecord, trustee: str, name: str) -> PlannedEntry:
    ace = Grant.of(name).ace(Sid.of(record.sid or _NOBODY))
    text = sddl(ace)
    if not record.sid:
        text = text.replace(_NOBODY, f"<SID of {trustee}>")
    said = words(ace, name_of=lambda _sid: trustee)
    return PlannedEntry(record.container, verbatim(said), text)
