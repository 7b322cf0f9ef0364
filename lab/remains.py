"""What is there now, to compare with what was there before."""

from collections.abc import Iterator
from pathlib import Path

from agent.ldap.certificates import Endpoint
from agent.ldap.connection import connect
from agent.ldap.controls import sd_flags
from agent.platform.interface import TORN
from agent.system.paths import Paths
from lab.controller import Lab
from wire.secret import Secret

_OWNER_GROUP_DACL = 7


def directory_now(lab: Lab) -> dict[str, bytes | None]:
    """Give every object of the domain with its security descriptor."""
    endpoint = Endpoint(lab.host, lab.address, 636, lab.ca)
    password = Secret(lab.admin_password)
    wanted, controls = ("nTSecurityDescriptor",), (sd_flags(_OWNER_GROUP_DACL),)
    with connect(endpoint, lab.admin_user, password) as opened:
        entries = opened.search(
            lab.base_dn, "(objectClass=*)", wanted, controls=controls
        )
        return {entry.dn: entry.raw("nTSecurityDescriptor") for entry in entries}


def settled_files(places: Paths) -> dict[str, bytes]:
    """Give the files of `files_now` that an agent which runs leaves as they are.

    What it says about itself it writes anew whenever it has looked at something, beside
    the old one first.
    """
    status = places.status.name
    return {
        _name(places, path): path.read_bytes()
        for path in _lasting(places)
        if path.name != status
        and not (path.name.startswith(f".{status}.") and path.name.endswith(TORN))
    }


def files_now(places: Paths) -> dict[str, bytes]:
    """Give the files of an installation but for what tells of the past.

    That is the journals, the logs with the audit records and their head, which requests
    the agent took, and its starts. An agent that is ended at its start leaves SQLite's
    files beside the requests.
    """
    return {_name(places, path): path.read_bytes() for path in _lasting(places)}


def _name(places: Paths, path: Path) -> str:
    return str(path.relative_to(places.home))


def _lasting(places: Paths) -> Iterator[Path]:
    past = (places.journal, places.log.parent, places.starts, places.audit_head)
    for path in places.home.rglob("*"):
        if (
            path.is_file()
            and not any(path.is_relative_to(folder) for folder in past)
            and not path.name.startswith(places.ledger.name)
            and path.name != "wizard.lock"
        ):
            yield path
