"""Enters another domain beside the lab's: run by the root's own Python, Samba stopped.

Only its name: nobody serves it. Samba asks that an object of the name is there, and
keeps systemFlags to itself (`relax`).
"""

import json
import sys

from samba.auth import system_session  # type: ignore[import-not-found]
from samba.param import LoadParm  # type: ignore[import-not-found]
from samba.samdb import SamDB  # type: ignore[import-not-found]

A_DOMAIN = 3  # FLAG_CR_NTDS_NC and FLAG_CR_NTDS_DOMAIN (MS-ADTS 2.2.10)


def main() -> None:
    wish = json.load(sys.stdin)
    settings = LoadParm()
    settings.load("/lab/etc/smb.conf")
    db = SamDB(session_info=system_session(), lp=settings)
    other = {
        "dn": f"CN=OTHER,CN=Partitions,{db.get_config_basedn()}",
        "objectClass": "crossRef",
        "nCName": wish["name"],
        "dnsRoot": "other.test",
        "systemFlags": str(A_DOMAIN),
    }
    db.add(other, ["relax:0"])


main()
