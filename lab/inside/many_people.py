"""Adds very many people at once: run by the root's own Python on the stopped database.

One transaction, and no password: an account without one can be judged all the same.
Every hundredth account is disabled and every fiftieth does not inherit, so that the
answers differ.
"""

import json
import sys
from typing import Any

import ldb  # type: ignore[import-not-found]
from samba.auth import system_session  # type: ignore[import-not-found]
from samba.dcerpc import security  # type: ignore[import-not-found]
from samba.ndr import ndr_pack  # type: ignore[import-not-found]
from samba.param import LoadParm  # type: ignore[import-not-found]
from samba.samdb import SamDB  # type: ignore[import-not-found]

NORMAL, DISABLED, NO_PASSWORD_NEEDED = 0x200, 0x2, 0x20
ALONE = "D:PAI(A;;RPLCLORC;;;AU)(A;;RPWPCRCCDCLCLORCWOWDSDSW;;;SY)"


def connect() -> Any:
    settings = LoadParm()
    settings.load("/lab/etc/smb.conf")
    return SamDB(session_info=system_session(), lp=settings)


def add(db: Any, wish: dict[str, Any]) -> None:
    sid = security.dom_sid(db.get_domain_sid())
    alone = ndr_pack(security.descriptor.from_sddl(ALONE, sid))
    container = wish["container"]
    db.add({"dn": container, "objectClass": "organizationalUnit"})
    for number in range(wish["count"]):
        sam = f"{wish['name']}{number:06}"
        state = DISABLED if number % 100 == 99 else 0
        person = {
            "dn": f"CN={sam},{container}",
            "objectClass": "user",
            "sAMAccountName": sam,
            "userPrincipalName": f"{sam}@{wish['realm']}",
            "displayName": sam,
            "userAccountControl": str(NORMAL | NO_PASSWORD_NEEDED | state),
        }
        if number % 50 == 49:
            person["nTSecurityDescriptor"] = alone
        db.add(person)


def main() -> None:
    db = connect()
    db.transaction_start()
    try:
        add(db, json.load(sys.stdin))
    except ldb.LdbError:
        db.transaction_cancel()
        raise
    db.transaction_commit()


main()
