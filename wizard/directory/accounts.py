"""The agent's account in the directory: made, taken over, found, and whose it is.

The mark in `info` says whose: another server that takes it over writes its own.
"""

import secrets
import string
from collections.abc import Iterator

from agent.acl.sid import Sid
from agent.config.settings import DirectorySettings
from agent.ldap.connection import Connection
from agent.ldap.dn import rdn
from agent.ldap.entry import Entry, Modification
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape
from agent.verdict.account import UserFlag
from wire.secret import Secret
from wire.text import Text
from wizard.plan import journal
from wizard.plan.change import Context, Facts, StepFailed
from wizard.plan.history import MARK, account_key, made_accounts

NO_SUCH_ATTRIBUTE = 16  # RFC 4511 4.1.9; of a value that is not there, too
_FLAGS = UserFlag.NORMAL_ACCOUNT | UserFlag.DONT_EXPIRE_PASSWD
_LENGTH = 40
_WANTED = ("objectGUID", "objectSid", "info", "userAccountControl")
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!#%+=")


def create(
    opened: Connection, directory: DirectorySettings, password: Secret, plan_id: str
) -> None:
    """Make it, enabled, with a password that does not expire."""
    name, container = directory.account.name, directory.account.container
    values: dict[str, str] = {
        "sAMAccountName": name,
        "userPrincipalName": directory.sign_in_name,
        "displayName": name,
        "description": "Password writeback agent; made by the Writeback wizard",
        "info": f"{MARK}{plan_id}",
        "userAccountControl": str(int(_FLAGS)),
    }
    attributes = {key: (value.encode(),) for key, value in values.items()}
    attributes["unicodePwd"] = (_quoted(password),)
    opened.add(f"{rdn('CN', name)},{container}", ("user",), attributes)


def take_over(opened: Connection, entry: Facts, password: Secret, plan_id: str) -> None:
    """Have one that is there be this machine's from now on, `plan_id` its new mark.

    Another may have the `dn` of the entry by now, whose password this must not be:
    where its mark in `info` is not the entry's, `StepFailed`, and nothing was changed.
    """
    changes = (
        # whose it was knows by that that it is not its any more
        Modification("delete", "info", (entry["info"].encode(),)),
        Modification("add", "info", (f"{MARK}{plan_id}".encode(),)),
        Modification("replace", "unicodePwd", (_quoted(password),)),
        Modification("replace", "userAccountControl", (str(int(_FLAGS)).encode(),)),
    )
    try:
        opened.modify(entry["dn"], changes)
    except DirectoryError as error:
        if error.result != NO_SUCH_ATTRIBUTE:
            raise
        what = Text("{dn} was changed while the plan was shown.", dn=entry["dn"])
        raise StepFailed(what, Text("Look at the plan again.")) from error


def give_back(
    opened: Connection, directory: DirectorySettings, entry: Facts, plan_id: str
) -> None:
    """Give the mark back that `take_over` replaced; nothing where it did not.

    The password stays the new one: the directory has no other to go back to.
    """
    now, ours = find(opened, directory), f"{MARK}{plan_id}"
    if now is None or now.text("info") != ours:
        return
    changes = (
        Modification("delete", "info", (ours.encode(),)),
        Modification("add", "info", (entry["info"].encode(),)),
    )
    opened.modify(now.dn, changes)


def _quoted(password: Secret) -> bytes:
    """Spell a password as unicodePwd takes it (MS-ADTS 3.1.1.3.1.5)."""
    return f'"{password.reveal()}"'.encode("utf-16-le")


def new_password() -> Secret:
    """Make 40 random characters with each kind in them, as any policy asks."""
    everything = "".join(_KINDS)
    while True:
        text = "".join(secrets.choice(everything) for _ in range(_LENGTH))
        if all(set(kind) & set(text) for kind in _KINDS):
            return Secret(text)


def find(opened: Connection, directory: DirectorySettings) -> Entry | None:
    """Find the agent's account in its domain."""
    name = escape(directory.account.name)
    query = f"(&(objectClass=user)(userPrincipalName={name}))"
    if directory.account.kind == "new":
        # whatever it is: a group of that name takes it as well
        query = f"(sAMAccountName={name})"
    return next(opened.search(directory.base_dn, query, _WANTED, limit=1), None)


def marked(opened: Connection, base_dn: str) -> Iterator[Entry]:
    """Find every account that a setup of Writeback made or took over, by its mark."""
    # sAMAccountType of people's accounts (MS-SAMR 2.2.1.9), which is indexed
    query = f"(&(sAMAccountType=805306368)(info={escape(MARK)}*))"
    yield from opened.search(base_dn, query, (*_WANTED, "sAMAccountName"))


def sid_of(opened: Connection, directory: DirectorySettings) -> Sid:
    """Give the account's SID; `StepFailed` where there is no such account."""
    raw = needed(opened, directory).raw("objectSid")
    if raw is None:
        raise StepFailed(
            Text("The account's objectSid is hidden."), Text("Let it be read.")
        )
    return Sid.parse(raw)


def needed(opened: Connection, directory: DirectorySettings) -> Entry:
    entry = find(opened, directory)
    if entry is None:
        raise StepFailed(
            Text(
                "There is no account {name} in {domain}.",
                name=directory.account.name,
                domain=directory.domain,
            ),
            Text("Check the name, or let the wizard create it."),
        )
    return entry


def is_ours(entry: Entry, directory: DirectorySettings, context: Context) -> bool:
    """Say whether the account still has a mark of this machine.

    Any plan's counts, however it ended: one that was taken back may have left its mark.
    Where no journal tells, that of any earlier setup counts.
    """
    info, key = entry.text("info") or "", account_key(directory)
    if has_own_mark(entry, context):
        return True
    made = made_accounts(context)
    marks = (each.mark for each in made if account_key(each.directory) == key)
    mark = next(marks, "")
    return info == mark if mark else info.startswith(MARK)


def of_another(entry: Entry) -> Text:
    """Say of an account that a removal leaves it, by what its mark tells."""
    info = entry.text("info") or ""
    if info.startswith(MARK):
        return Text(
            "The account {dn}: by its mark ({info}) another setup of Writeback has it.",
            dn=entry.dn,
            info=info,
        )
    return Text("The account {dn}: it has no mark of Writeback.", dn=entry.dn)


def has_own_mark(entry: Entry, context: Context) -> bool:
    """Say whether an account's mark is of a plan that this machine's journals know."""
    info = entry.text("info") or ""
    known = journal.ids(context.host.places.journal)
    return info.startswith(MARK) and info.removeprefix(MARK) in known


def is_anothers(
    opened: Connection, directory: DirectorySettings, context: Context
) -> bool:
    """Say whether another server took over an account that was this machine's."""
    if directory.account.kind == "existing":
        return False
    entry = find(opened, directory)
    return entry is not None and not is_ours(entry, directory, context)
