"""What the lab offers the wizard's pages: the file that WRITEBACK_OFFERS names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.controller import Lab
from lab.relay import LabRelay, write_private

_SOURCE = "from the lab"


def write_offers(
    path: Path, lab: Lab, relay: LabRelay, more: Mapping[str, Any] | None = None
) -> Path:
    """Write everything that an installation on the lab asks for, with a new code.

    `more` are answers beside those, by field.
    """
    controller = {"host": lab.host, "address": lab.address}
    values: dict[str, Any] = {
        "relay.url": relay.url,
        "relay.ca": str(relay.folder / "ca.pem"),
        "input.enrolment_code": relay.code(),
        "directory.domain": lab.realm.lower(),
        "directory.controllers": [controller],
        "directory.ca": str(lab.ca),
        "directory.account.container": f"CN=Users,{lab.base_dn}",
        "input.admin_user": lab.admin_user,
        "input.admin_password": lab.admin_password,
        **(more or {}),
    }
    rows = [
        {"path": field, "value": value, "source": _SOURCE}
        for field, value in values.items()
    ]
    write_private(path, rows)
    return path
