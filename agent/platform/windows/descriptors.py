"""The descriptors that files and folders are made with, in SDDL.

Each is protected: nothing comes from the folders above. SYSTEM and Administrators may
do everything; the service reads, or changes what is its own; nobody else is named.
"""

from dataclasses import replace

from agent.acl.sid import Sid
from agent.platform.windows import sddl
from agent.platform.windows.sddl import ADMINISTRATORS, SYSTEM

READ = "FR"
READ_FOLDER = "FRFX"
# to read, write and remove, but not who may (FILE_ALL_ACCESS without WD, WO, DT)
MODIFY = "0x1301bf"
_BELOW = "OICI"
# FILE_GENERIC_READ and FILE_GENERIC_WRITE, but not to make another end of the pipe
_BOTH_WAYS = "0x12019b"
_ALL_OF_EVENT = "0x1f0003"  # EVENT_ALL_ACCESS


def file_read_by(service: str) -> str:
    """Give the descriptor of a file that the service reads; `service` is its SID."""
    return _descriptor("", READ, service)


def file_changed_by(service: str) -> str:
    """Give the descriptor of a file that the service writes."""
    return _descriptor("", MODIFY, service)


def folder_read_by(service: str) -> str:
    """Give the descriptor of a folder that the service reads with all below it."""
    return _descriptor(_BELOW, READ_FOLDER, service)


def folder_changed_by(service: str) -> str:
    """Give the descriptor of a folder where the service makes and removes files."""
    return _descriptor(_BELOW, MODIFY, service)


def folder_of_administrators() -> str:
    """Give the descriptor of a folder of SYSTEM and Administrators alone."""
    return _descriptor(_BELOW, "FA", ADMINISTRATORS)


def file_of_administrators() -> str:
    """Give the descriptor of a file of SYSTEM and Administrators alone."""
    return "O:BA" + _descriptor("", "FA", ADMINISTRATORS)


def event_of(service: str) -> str:
    """Give the descriptor of an event between the service's own processes."""
    entries = (f"(A;;{_ALL_OF_EVENT};;;{who})" for who in ("SY", "BA", Sid.of(service)))
    return "D:P" + "".join(entries)


def pipe_of(person: str) -> str:
    """Give the descriptor of a pipe between one account and administrators.

    `person` is its SID. Who comes over the network is no one of them.
    """
    known = ("SY", "BA", Sid.of(person))
    entries = (f"(A;;{_BOTH_WAYS};;;{who})" for who in known)
    return "D:P(D;;FA;;;NU)" + "".join(entries)


def file_of(person: str) -> str:
    """Give the descriptor of a file of one account alone; `person` is its SID.

    It names the owner, too, who is else of the process's token.
    """
    return f"O:{Sid.of(person)}" + _descriptor("", "FA", person)


def beside(descriptor: str) -> str | None:
    """Give what a copy in the same folder is made with, to have the same readers.

    What comes from the folder comes by itself: None where that is all. The owner is
    who makes it. ValueError where it can't be read.
    """
    found = sddl.read(descriptor)
    own = [each for each in found.entries or () if "ID" not in each.flags]
    if not own and not found.protected:
        return None
    return ("D:P" if found.protected else "D:") + "".join(map(str, own))


def strangers(descriptor: str, *known: str, mask: int = sddl.FULL) -> frozenset[str]:
    """Name who else may do some of what is in a mask, by SID.

    SYSTEM and Administrators are no strangers, nor the owner where that is one of the
    `known`. ValueError where the descriptor can't be read.
    """
    found = sddl.read(descriptor)
    mine = {SYSTEM, ADMINISTRATORS, *known}
    if found.owner in mine:
        mine |= {sddl.OWNER_RIGHTS, sddl.CREATOR_OWNER}
    return frozenset(sddl.allowed(found, mask)) - mine


def writers(descriptor: str) -> frozenset[str]:
    """Name who may write to a folder, or to what is made below it, by SID.

    ValueError where the descriptor can't be read.
    """
    found = sddl.read(descriptor)
    entries = found.entries
    if entries is not None:
        # what is for those below counts, too
        entries = tuple(replace(each, flags=frozenset()) for each in entries)
    whole = replace(found, entries=entries)
    return frozenset(sddl.allowed(whole, sddl.WRITING))


def _descriptor(flags: str, rights: str, sid: str) -> str:
    checked = Sid.of(sid)
    entries = {"SY": "FA", "BA": "FA"}
    if sid != ADMINISTRATORS:
        entries[str(checked)] = rights
    return "D:P" + "".join(
        f"(A;{flags};{what};;;{who})" for who, what in entries.items()
    )
