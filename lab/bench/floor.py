"""The floor: the same modify by python-ldap, straight to the controller.

Runs under the system's own python3 (Debian's python3-ldap), as a child: one line of
JSON in (the controller, the account and its password), then for each line with a DN
and a password one modify and one line with its milliseconds.
"""

import json
import sys
import time

import ldap
from ldap.controls import LDAPControl

POLICY_HINTS = "1.2.840.113556.1.4.2239"


def main() -> None:
    wish = json.loads(sys.stdin.readline())
    ldap.set_option(ldap.OPT_X_TLS_CACERTFILE, wish["ca"])
    link = ldap.initialize(wish["url"])
    link.set_option(ldap.OPT_REFERRALS, 0)
    # the certificate names the host, the lab connects by address
    link.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_NEVER)
    link.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    link.simple_bind_s(wish["user"], wish["password"])
    hints = LDAPControl(
        POLICY_HINTS, criticality=True, encodedControlValue=b"0\x03\x02\x01\x01"
    )
    print("ready", flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        value = f'"{task["password"]}"'.encode("utf-16-le")
        start = time.perf_counter()
        link.modify_ext_s(
            task["dn"], [(ldap.MOD_REPLACE, "unicodePwd", [value])], serverctrls=[hints]
        )
        print((time.perf_counter() - start) * 1000, flush=True)


main()
