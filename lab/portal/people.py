"""Who is who at the lab's portal: people to be, their groups, and what they may."""

import contextlib
from typing import Any

from ldap3.core.exceptions import LDAPEntryAlreadyExistsResult

from lab.controller import Lab

# keys of lab.people: who forgets, who changes, who helps, who looks after it all
FORGETS, CHANGES, HELPS, ADMINISTERS = "david", "elif", "henri", "greta"
_GROUPS = {"Portal help desk": HELPS, "Portal administrators": ADMINISTERS}
PHONE = "+49 30 5555"


def make_groups(lab: Lab) -> None:
    """Make the groups of the portal's roles in the domain, where they are missing."""
    with lab.signed_in(lab.admin_user, lab.admin_password) as directory:
        for name, member in _GROUPS.items():
            group = {"sAMAccountName": name, "member": lab.people[member]["dn"]}
            with contextlib.suppress(LDAPEntryAlreadyExistsResult):
                directory.add(_dn(lab, name), "group", group)  # type: ignore[no-untyped-call]


def self_service(lab: Lab) -> dict[str, Any]:
    """Give what the wizard's page "Self-service reset" is answered with."""
    help_desk, administrators = (_dn(lab, name) for name in _GROUPS)
    return {
        "self_service.who": "all",
        "self_service.help.text": "Service desk, weekdays 7 to 19",
        "self_service.help.phone": PHONE,
        "self_service.roles.help_desk": (help_desk,),
        "self_service.roles.administrators": (administrators,),
    }


def words(lab: Lab, portal: str, inbox: str) -> str:
    """Say what each of these people can try."""
    keys = (FORGETS, CHANGES, HELPS, ADMINISTERS)
    forgets, changes, helps, administers = (lab.people[key]["upn"] for key in keys)
    return f"""
The portal:  {portal}
The inbox:   {inbox}   (codes and notices)
Everybody's password is {lab.start_password}

  {forgets:<28}"How I prove who I am": add an app and an e-mail address,
  {"":<28}any will do. Then "I forgot my password".
  {changes:<28}"Change my password", with the one above.
  {helps:<28}of the help desk: add a passkey, then {portal}/staff
  {administers:<28}an administrator: the same, and sees more there
"""


def _dn(lab: Lab, name: str) -> str:
    return f"CN={name},OU=Groups,{lab.base_dn}"
