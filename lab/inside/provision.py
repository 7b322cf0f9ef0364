"""Makes the lab's domain: run by the root's own Python, with Samba's modules.

Reads `{"realm", "domain", "admin_password"}` as JSON from standard input and expects
/lab/etc/smb.conf. Runs inside the Debian root, so it imports nothing of the project.
"""

import json
import logging
import sys

import samba.provision  # type: ignore[import-not-found]
from samba.auth import system_session  # type: ignore[import-not-found]
from samba.param import LoadParm  # type: ignore[import-not-found]

SMB_CONF = "/lab/etc/smb.conf"


def main() -> None:
    wish = json.load(sys.stdin)
    # The lab has no file shares: the ACLs of SYSVOL cost two seconds and need
    # extended attributes, which not every file system has.
    samba.provision.setsysvolacl = lambda *_args, **_names: None
    settings = LoadParm()
    settings.load(SMB_CONF)
    samba.provision.provision(
        logging.getLogger("provision"),
        system_session(),
        smbconf=SMB_CONF,
        realm=wish["realm"],
        domain=wish["domain"],
        hostname="dc1",
        hostip="127.0.0.10",
        adminpass=wish["admin_password"],
        serverrole="active directory domain controller",
        dns_backend="NONE",
        lp=settings,
        batch_mode=True,
    )


main()
