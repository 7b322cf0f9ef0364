"""An account as the directory takes it: made, or given a new password and our mark."""

import secrets
import string

from agent.account import UserFlag
from agent.directory import Directory, rdn
from agent.entries import Modification
from agent.secret import Secret
from agent.settings import Directory as DirectorySettings

MARK = "writeback:"
_FLAGS = UserFlag.NORMAL_ACCOUNT | UserFlag.DONT_EXPIRE_PASSWD
_LENGTH = 40
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!#%+=")


def create(
    opened: Directory, directory: DirectorySettings, password: Secret, plan_id: str
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


def take_over(opened: Directory, dn: str, password: Secret, plan_id: str) -> None:
    """Have one that is there be this machine's from now on."""
    changes = (
        # whose it was knows by that that it is not its any more
        Modification("replace", "info", (f"{MARK}{plan_id}".encode(),)),
        Modification("replace", "unicodePwd", (_quoted(password),)),
        Modification("replace", "userAccountControl", (str(int(_FLAGS)).encode(),)),
    )
    opened.modify(dn, changes)


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
