"""Who is who at the lab's portal: people to be, their groups, and what they may."""

import contextlib
from typing import Any

from ldap3.core.exceptions import LDAPEntryAlreadyExistsResult

from lab.controller import Lab, Person

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
    """Say in words what each of them can try; the password is the lab's."""
    forgets, changes, helps, administers = (
        _known(lab.people[key]) for key in (FORGETS, CHANGES, HELPS, ADMINISTERS)
    )
    return f"""
The portal:  {portal}
Its inbox:   {inbox}
Each of these people signs in with the password {lab.start_password}

  {forgets}: under "How I prove who I am" add an e-mail address, any, and an app
      or a passkey. Then "I forgot my password": its codes come to the inbox.
  {changes}: "Change my password", with the old one.
  {helps}: of the help desk; add a passkey first, then open {portal}/help-desk
  {administers}: an administrator; add a passkey first, then open {portal}/admin
"""


def _known(person: Person) -> str:
    return person["upn"]


def _dn(lab: Lab, name: str) -> str:
    return f"CN={name},OU=Groups,{lab.base_dn}"
