"""Fills the lab's domain: run by the root's own Python on the stopped database.

Reads what `lab.people.population` makes from standard input and prints who is
there as JSON. Runs inside the Debian root, so it imports nothing of the project.

With `"refresh": true` it only sets the times again that are relative to now, so that
a snapshot of last week still has an account that is locked and one that is too young.
"""

import json
import re
import sys
import time
import uuid
from typing import Any

import ldb  # type: ignore[import-not-found]
from samba import sd_utils  # type: ignore[import-not-found]
from samba.auth import system_session  # type: ignore[import-not-found]
from samba.dcerpc import security  # type: ignore[import-not-found]
from samba.ndr import ndr_unpack  # type: ignore[import-not-found]
from samba.param import LoadParm  # type: ignore[import-not-found]
from samba.samdb import SamDB  # type: ignore[import-not-found]

DAY = 24 * 3600
# A time Windows' way: 100 ns since 1601 (MS-DTYP 2.3.3).
EPOCH_1601 = 11_644_473_600
NORMAL, DISABLED, NEVER_EXPIRES = 0x200, 0x2, 0x10000
# Lets pwdLastSet be written as given (Samba, dsdb/samdb/samdb.h).
SET_LAST_SET = ["local_oid:1.3.6.1.4.1.7165.4.3.12:0"]
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
CHANGE_PASSWORD = "ab721a53-1e2f-11d0-9819-00aa0040529b"
LOCKOUT_TIME = "28630ebf-41d5-11d1-a9c1-0000f80367c1"
PWD_LAST_SET = "bf967a0a-0de6-11d0-a285-00aa003049e2"
USER_CLASS = "bf967aba-0de6-11d0-a285-00aa003049e2"


def nt_time(days_ago: float) -> str:
    return str(int((time.time() - days_ago * DAY + EPOCH_1601) * 10_000_000))


def span(seconds: int) -> str:
    return str(-seconds * 10_000_000)


def connect() -> Any:
    settings = LoadParm()
    settings.load("/lab/etc/smb.conf")
    return SamDB(session_info=system_session(), lp=settings)


def replace(
    db: Any, dn: str, values: dict[str, str], controls: list[str] | None = None
) -> None:
    message = ldb.Message(ldb.Dn(db, dn))
    for name, value in values.items():
        message[name] = ldb.MessageElement([value], ldb.FLAG_MOD_REPLACE, name)
    db.modify(message, controls or [])


def set_policy(db: Any, base_dn: str) -> None:
    replace(
        db,
        base_dn,
        {
            "minPwdAge": span(DAY),
            "maxPwdAge": span(180 * DAY),
            "minPwdLength": "10",
            "pwdHistoryLength": "5",
            "pwdProperties": "1",
            "lockoutThreshold": "5",
            # A locked account stays so between two refreshes of the snapshot.
            "lockoutDuration": span(DAY),
            "lockOutObservationWindow": span(30 * 60),
        },
    )


def add_user(db: Any, dn: str, sam: str, realm: str, more: dict[str, str]) -> None:
    db.add(
        {
            "dn": dn,
            "objectClass": "user",
            "sAMAccountName": sam,
            "userPrincipalName": f"{sam}@{realm}",
            "userAccountControl": str(NORMAL),
            **more,
        }
    )


def add_people(db: Any, wish: dict[str, Any]) -> None:
    for person in wish["people"]:
        add_user(
            db,
            person["dn"],
            person["sam"],
            wish["realm"],
            {
                "mail": person["mail"],
                "givenName": person["given_name"],
                "sn": person["surname"],
                "displayName": f"{person['given_name']} {person['surname']}",
                "clearTextPassword": wish["start_password"].encode("utf-16-le"),
            },
        )


def add_accounts(db: Any, wish: dict[str, Any]) -> None:
    for name, password in wish["accounts"].items():
        dn = f"CN={name},{wish['accounts_dn']}"
        secret = {"clearTextPassword": password.encode("utf-16-le")}
        add_user(db, dn, name, wish["realm"], secret)
        replace(db, dn, {"userAccountControl": str(NORMAL | NEVER_EXPIRES)})


def add_groups(db: Any, wish: dict[str, Any]) -> None:
    for name, members in wish["groups"].items():
        dn = f"CN={name},{wish['groups_dn']}"
        db.add({"dn": dn, "objectClass": "group", "sAMAccountName": name})
        message = ldb.Message(ldb.Dn(db, dn))
        entries = [find(db, member, ["1.1"]) for member in members]
        message["member"] = ldb.MessageElement(
            [str(each.dn) for each in entries], ldb.FLAG_MOD_ADD, "member"
        )
        db.modify(message)


def add_strict_policy(db: Any, wish: dict[str, Any]) -> None:
    place = f"CN=Password Settings Container,CN=System,{wish['base_dn']}"
    db.add(
        {
            "dn": f"CN=Strict,{place}",
            "objectClass": "msDS-PasswordSettings",
            "msDS-PasswordSettingsPrecedence": "10",
            "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
            "msDS-PasswordHistoryLength": "5",
            "msDS-PasswordComplexityEnabled": "TRUE",
            "msDS-MinimumPasswordLength": "16",
            "msDS-MinimumPasswordAge": span(DAY),
            "msDS-MaximumPasswordAge": span(180 * DAY),
            "msDS-LockoutThreshold": "5",
            "msDS-LockoutObservationWindow": span(30 * 60),
            "msDS-LockoutDuration": span(DAY),
            "msDS-PSOAppliesTo": f"CN={wish['strict_group']},{wish['groups_dn']}",
        }
    )


def grant(db: Any, wish: dict[str, Any]) -> None:
    """What a delegation wizard gives: three rights on the users below OU=People."""
    entry = find(db, "svc-existing", ["objectSid"])
    sid = ndr_unpack(security.dom_sid, entry["objectSid"][0])
    aces = [
        f"(OA;CIIO;CR;{RESET_PASSWORD};{USER_CLASS};{sid})",
        f"(OA;CIIO;WP;{LOCKOUT_TIME};{USER_CLASS};{sid})",
        f"(OA;CIIO;WP;{PWD_LAST_SET};{USER_CLASS};{sid})",
    ]
    sd_utils.SDUtils(db).dacl_add_ace(wish["people_dn"], "".join(aces))


def protect(db: Any, dn: str, base_dn: str) -> None:
    """Do what SDProp does on AD: AdminSDHolder's list, no inheritance, adminCount."""
    tool = sd_utils.SDUtils(db)
    holder = tool.read_sd_on_dn(f"CN=AdminSDHolder,CN=System,{base_dn}")
    holder.type |= security.SEC_DESC_DACL_PROTECTED
    write_dacl(db, dn, holder)
    replace(db, dn, {"adminCount": "1"})
    message = ldb.Message(ldb.Dn(db, f"CN=Domain Admins,CN=Users,{base_dn}"))
    message["member"] = ldb.MessageElement([dn], ldb.FLAG_MOD_ADD, "member")
    db.modify(message)


def stop_inheritance(db: Any, dn: str) -> None:
    """Keep the object's own entries, drop the inherited ones, and let no more in."""
    sid = security.dom_sid(db.get_domain_sid())
    sddl = sd_utils.SDUtils(db).read_sd_on_dn(dn).as_sddl(sid)
    entries = re.findall(r"\(([^;]*;([^;]*);[^)]*)\)", sddl.partition("D:")[2])
    own = "".join(f"({entry})" for entry, flags in entries if "ID" not in flags)
    write_dacl(db, dn, security.descriptor.from_sddl(f"D:PAI{own}", sid))


def write_dacl(db: Any, dn: str, descriptor: Any) -> None:
    control = [f"sd_flags:1:{security.SECINFO_DACL}"]
    sd_utils.SDUtils(db).modify_sd_on_dn(dn, descriptor, controls=control)


def deny_change(db: Any, dn: str) -> None:
    """What the box "User cannot change password" does."""
    aces = "".join(f"(OD;;CR;{CHANGE_PASSWORD};;{who})" for who in ("PS", "WD"))
    sd_utils.SDUtils(db).dacl_prepend_aces(dn, aces)


def set_states(db: Any, wish: dict[str, Any]) -> None:
    for person in wish["people"]:
        state, dn = person["state"], person["dn"]
        if state == "disabled":
            replace(db, dn, {"userAccountControl": str(NORMAL | DISABLED)})
        elif state == "never_expires":
            replace(db, dn, {"userAccountControl": str(NORMAL | NEVER_EXPIRES)})
        elif state == "protected":
            protect(db, dn, wish["base_dn"])
        elif state == "no_inheritance":
            stop_inheritance(db, dn)
        elif state == "cannot_change":
            deny_change(db, dn)


def set_times(db: Any, wish: dict[str, Any]) -> None:
    """Everything relative to now; run again when the snapshot has aged."""
    age = {"young": 0.0, "password_expired": 200.0}
    for person in wish["people"]:
        state, dn = person["state"], person["dn"]
        last_set = "0" if state == "must_change" else nt_time(age.get(state, 30.0))
        replace(db, dn, {"pwdLastSet": last_set}, SET_LAST_SET)
        if state == "locked":
            values = {"lockoutTime": nt_time(0), "badPwdCount": "5"}
            replace(db, dn, {**values, "badPasswordTime": nt_time(0)}, SET_LAST_SET)
        if state == "expired":
            replace(db, dn, {"accountExpires": nt_time(10)})


def find(db: Any, sam: str, names: list[str]) -> Any:
    wanted = f"(sAMAccountName={ldb.binary_encode(sam)})"
    return db.search(scope=ldb.SCOPE_SUBTREE, expression=wanted, attrs=names)[0]


def roll_call(db: Any, people: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    described = {}
    for person in people:
        entry = find(db, person["sam"], ["objectGUID", "userPrincipalName", "mail"])
        described[person["key"]] = {
            "dn": str(entry.dn),
            "upn": str(entry["userPrincipalName"]),
            "sam": person["sam"],
            "mail": str(entry["mail"]),
            "objectGUID": str(uuid.UUID(bytes_le=bytes(entry["objectGUID"][0]))),
        }
    return described


def main() -> None:
    wish = json.load(sys.stdin)
    db = connect()
    if wish.get("refresh"):
        db.transaction_start()
        set_times(db, wish)
        db.transaction_commit()
        return
    # One transaction each: a subtree's descriptors are inherited at its end.
    for act in (
        lambda: set_policy(db, wish["base_dn"]),
        lambda: [db.create_ou(each) for each in wish["containers"]],
        lambda: add_accounts(db, wish),
        lambda: grant(db, wish),
        lambda: add_people(db, wish),
        lambda: add_groups(db, wish),
        lambda: add_strict_policy(db, wish),
        lambda: set_states(db, wish),
        lambda: set_times(db, wish),
    ):
        db.transaction_start()
        act()
        db.transaction_commit()
    json.dump(roll_call(db, wish["people"]), sys.stdout)


main()
