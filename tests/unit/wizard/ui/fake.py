"""What a real machine and domain would answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agent.acl.rights import Right
from agent.ldap.authority import AuthorityOffer, authority_facts
from agent.ldap.certificates import CertificateFacts, Handshake
from tests.fixtures.certificate_chain import enterprise
from tests.unit.wizard.answered import CANARY, CODE, SETTINGS
from wire.text import Text, day
from wizard.checks.controller_facts import Cell, ControllerFacts, Inspection
from wizard.checks.controller_rating import judged
from wizard.checks.outcome import Outcome
from wizard.grants.grants import grant_change, revoke_change
from wizard.permissions.grant import Grant
from wizard.permissions.held_rights import TASK
from wizard.plan.change import Change
from wizard.plan.history import GrantRecord
from wizard.results import (
    AgentStatus,
    Check,
    Container,
    Installed,
    PortalAsked,
    PortalDetails,
    Recovery,
    SelfTestResult,
    SignedIn,
)

FINGERPRINT = (
    "7C1F 09AE 55D2 E0B4 3A96 4471 0CFE 82B7 91D4 6A3E F508 2C6B 1B9D 77E2 40AF C853"
)
PORTAL_FINGERPRINT = (
    "2E71 B0C4 98AD 3F16 D25C 6E0B A7F3 1148 5BD9 C082 E61F 73A5 094D F82B 66C7 1E3A"
)
CHAIN = """CN=dc1.corp.test
  issued by CN=Corp Issuing CA 1, O=Corp, C=CH
  for dc1.corp.test
  valid 2026-03-01 to 2027-03-01
CN=Corp Issuing CA 1, O=Corp, C=CH
  issued by CN=Corp Root CA, O=Corp, C=CH
  SHA-256 4F:1A:90:CC:02:7E:6B:2D:88:15:F3:60:3A:D1:4C:99
CN=Corp Root CA, O=Corp, C=CH: not in the PEM file given"""

RELAY_ROWS = (
    Check("name", "Name of the relay", "ok", "relay.corp.test is 203.0.113.7", ms=12),
    Check("tcp", "Connection on port 443", "ok", "Connected", ms=18),
    Check("tls", "Certificate", "ok", "Valid to 2027-03-01, by Corp Root CA", ms=41),
    Check("code", "Enrolment code", "ok", "Open; for https://portal.corp.test", ms=33),
)
ROWS = {
    "relay": RELAY_ROWS,
    "account": (
        Check(
            "sign-in",
            "Sign-in",
            "ok",
            Text(
                "To {done} of {count} controllers, as {user}",
                done=2,
                count=2,
                user="administrator@corp.test",
            ),
            ms=22,
        ),
        Check(
            "account/name",
            Text("Name {name}", name="svc-writeback"),
            "ok",
            "It is free",
        ),
    ),
    "scope": (Check("scope", "People in the containers", "ok", "1\u202f204 people"),),
    "identifier": (
        Check("unique", "userPrincipalName", "ok", "Each person has their own"),
    ),
}


_TLS = Text("It is {version}", version="TLSv1.3")
_CLOCK = Text("{seconds} s apart from this machine", seconds=0)
_LEVEL = Text(
    "{own}; its domain: {level}",
    own="Windows Server 2016",
    level="Windows Server 2012 R2",
)


def answered(host: str, ms: float = 22, **changed: Cell) -> ControllerFacts:
    cells = {
        "certificate": Cell(
            "certificate", "ok", "to 2027-03-01", "Good until 2027", more=CHAIN
        ),
        "TLS": Cell("TLS", "ok", "1.3", _TLS),
        "sign-in": Cell("sign-in", "ok", f"{ms:.0f} ms", "As administrator@corp.test"),
        "writable": Cell("writable", "ok", "Yes", "Passwords can be written here"),
        "policy hints": Cell("policy hints", "ok", "Yes", "Offered"),
        "clock": Cell("clock", "ok", "0 s", _CLOCK),
        "level": Cell(
            "level",
            "ok",
            "2016",
            _LEVEL,
        ),
    }
    found = {**cells, **{cell.name: cell for cell in changed.values()}}
    return ControllerFacts(
        host, ms=ms, handshake=shaken(host), cells=tuple(found.values())
    )


def shaken(host: str, days: int = 300) -> Handshake:
    """What a controller with a certificate of so many days more shows."""
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    one = CertificateFacts(
        subject=f"CN={host}",
        issuer="CN=Corp Issuing CA 1,O=Corp,C=CH",
        sans=(host,),
        not_before=datetime(2026, 3, 1, tzinfo=UTC),
        not_after=end,
        sha256="4F:1A:90:CC:02:7E:6B:2D:88:15:F3:60:3A:D1:4C:99",
        trusted=True,
    )
    above = replace(
        one,
        subject=one.issuer,
        issuer="CN=Corp Root CA",
        sans=(),
        not_after=end + timedelta(days=400),
    )
    return Handshake((one, above), "TLSv1.3")


ONE = Inspection("corp.test", (answered("dc1.corp.test"),))
UNTRUSTED = Inspection(
    "corp.test",
    (
        ControllerFacts(
            "dc1.corp.test",
            cells=(
                Cell(
                    "certificate",
                    "failed",
                    "Not trusted",
                    "The chain ends at Corp Root CA, which is not trusted here.",
                    "Give the PEM file of Corp Root CA as the certificate authority.",
                    CHAIN,
                    41,
                    "directory.ca",
                ),
                Cell("sign-in", "skipped", "–", "No trusted connection"),
            ),
        ),
    ),
)
CORP = enterprise("dc1.corp.test")


def unknown_authority(highest: str = "root") -> Inspection:
    """A controller whose issuer is not known here, with the highest that it sent."""
    sent = {"own": (CORP.own,), "issuing": (CORP.own, CORP.issuing)}
    chain = sent.get(highest, (CORP.own, CORP.issuing, CORP.root))
    reason = "unable to get local issuer certificate"
    shown = tuple(replace(authority_facts(each.pem), trusted=False) for each in chain)
    own = replace(shown[0], reason=reason, verify_code=20)
    offer = AuthorityOffer(shown[-1], chain[-1].pem, is_own=len(chain) == 1)
    facts = ControllerFacts(
        "dc1.corp.test",
        handshake=Handshake((own, *shown[1:]), "TLSv1.3"),
        handshake_ms=41,
        offer=offer,
    )
    return Inspection("corp.test", (judged(facts, SETTINGS.directory),))


SEVERAL = Inspection(
    "corp.test",
    (
        answered("dc1.corp.test"),
        answered(
            "dc2.corp.test",
            61,
            hints=Cell(
                "policy hints",
                "warning",
                "No",
                "Not offered: password history and minimum age do not count for "
                "resets.",
                "Use controllers of Windows Server 2016 or newer, or accept it.",
            ),
        ),
        ControllerFacts("branch-dc-07.corp.test", doing="sign-in", cells=()),
        ControllerFacts(
            "dc4.corp.test",
            source="DNS SRV",
            handshake=shaken("dc4.corp.test"),
            cells=(
                Cell(
                    "certificate", "ok", "to 2027-03-01", "Good until 2027", more=CHAIN
                ),
                Cell("TLS", "ok", "1.3", _TLS),
                Cell(
                    "DNS",
                    "info",
                    "Found by DNS, not in the settings",
                    Text(
                        "DNS names it as a controller of {domain}; the settings do "
                        "not.",
                        domain="corp.test",
                    ),
                    "Add it, so that resets do not depend on the others alone.",
                ),
            ),
        ),
    ),
    step="others",
)

EXPIRES = Inspection(
    "corp.test",
    (
        answered("dc1.corp.test"),
        replace(
            answered(
                "dc2.corp.test",
                35,
                certificate=Cell(
                    "certificate",
                    "warning",
                    Text("{days} d left", days=5),
                    Text("It expires on {date}.", date=day(date(2026, 12, 5))),
                    "Have it renewed; resets stop when it expires.",
                    CHAIN,
                ),
            ),
            handshake=shaken("dc2.corp.test", days=5),
        ),
    ),
)
DOWN = Inspection(
    "corp.test",
    (
        answered("dc1.corp.test"),
        ControllerFacts(
            "dc2.corp.test",
            cells=(
                Cell(
                    "certificate",
                    "failed",
                    "No answer",
                    Text(
                        "No TLS connection to {target}: {why}.",
                        target=Text(
                            "{host} port {port}", host="dc2.corp.test", port="636"
                        ),
                        why="timed out",
                    ),
                    "Check the name, the firewall, and that the controller serves "
                    "LDAPS.",
                    field="directory.controllers",
                ),
            ),
        ),
        answered("branch-dc-07.corp.test", 140),
    ),
)
HUNDRED = Inspection(
    "corp.test",
    tuple(answered(f"dc{at:03}.corp.test", 4 + at) for at in range(1, 101)),
)

PILOT_GROUP = Outcome(
    (Check("group", "Group Pilot", "ok", "214 people, nested members counted"),),
    {"scope.pilot_group": "CN=Pilot,OU=Groups,DC=corp,DC=test"},
)
SELF_SERVICE_GROUP = Outcome(
    (
        Check(
            "named",
            "Groups: Office staff",
            "ok",
            "CN=Office staff,OU=Groups,DC=corp,DC=test: 223 people, nested members "
            "counted",
        ),
    ),
    {"self_service.groups": ("CN=Office staff,OU=Groups,DC=corp,DC=test",)},
)
_HEAD = "DC=corp,DC=test"


def unit(*names: str) -> Container:
    """Give an organizational unit by its name and those above it, up to the domain."""
    path = ",".join(f"OU={name}" for name in names)
    return Container(f"{path},{_HEAD}", names[0], "organizational unit")


TREE = {
    _HEAD: (
        unit("People"),
        unit("Service accounts"),
        Container(f"CN=Users,{_HEAD}", "Users", "built-in"),
    ),
    f"OU=People,{_HEAD}": tuple(
        unit(name, "People") for name in ("Basel", "Geneva", "Zurich")
    ),
    f"OU=Zurich,OU=People,{_HEAD}": (unit("IT", "Zurich", "People"),),
}


def change(
    step: str, summary: str, before: Any = None, *, needs_admin: bool = False
) -> Change:
    told, there = _told(summary), {"there": True}
    return Change(step, told, before, there, needs_admin=needs_admin)


def _told(summary: str) -> Text:
    """Give it as the product tells it, so that its words are translated."""
    return summary if isinstance(summary, Text) else Text(summary)


GRANTS = tuple(Grant(right) for right in (*TASK, Right.CHANGE_PASSWORD))
INSTALL = (
    change("keys", "Makes the agent's keys and keeps them in the secret store"),
    change(
        "account",
        Text(
            "Creates the account {name} in {container}",
            name="svc-writeback",
            container="CN=Users,DC=corp,DC=test",
        ),
    ),
    grant_change(SETTINGS, "DC=corp,DC=test", GRANTS),
    change(
        "enrolment",
        Text(
            "Enrols the agent {agent} at {relay}. Compare with your portal: its "
            "fingerprint begins with {portal}",
            agent="sync-01",
            relay="https://relay.corp.test",
            portal="2E71 B0C4 98AD 3F16 D25C 6E0B A7F3 1148",
        ),
    ),
    change("settings", "Writes the settings file"),
    change("service", "Starts the agent and waits until it is ready", {"runs": False}),
)


def removal(
    step: str, summary: str, *, needs_admin: bool = False, final: bool = False
) -> Change:
    there = {"there": True}
    told = _told(summary)
    return Change(step, told, there, None, needs_admin=needs_admin, final=final)


REMOVAL = (
    removal("service", "Stops the agent; it answers what is under way first"),
    removal("unit", "Takes the service out of the system"),
    revoke_change(
        GrantRecord(
            SETTINGS.directory,
            "OU=People,DC=corp,DC=test",
            tuple(grant.name for grant in GRANTS),
            sid="S-1-5-21-1-2-3-1104",
        ),
        [grant.name for grant in GRANTS],
    ),
    removal(
        "settings",
        Text("Removes the settings file {path}", path="/etc/writeback/settings.yaml"),
    ),
    removal(
        "remains",
        "Deletes what the agent wrote, but its audit records: /var/lib/writeback/agent",
        final=True,
    ),
    removal(
        "enrolment",
        Text(
            "Withdraws the agent {agent} from {relay}",
            agent="sync-01",
            relay="https://relay.corp.test",
        ),
        final=True,
    ),
    removal(
        "account",
        Text(
            "Deletes the account {dn}",
            dn="CN=svc-writeback,CN=Users,DC=corp,DC=test",
        ),
        needs_admin=True,
        final=True,
    ),
    removal(
        "keys",
        "Destroys the agent's keys and passwords in the secret store",
        final=True,
    ),
)
FORGET = "The relay does not answer. The relay's owner must forget this agent."
STATUS = AgentStatus(
    running=True,
    ready=True,
    writeback=True,
    relay=Text("connected to https://relay.corp.test"),
    directory=Text("connected to dc1.corp.test"),
    relay_connected=True,
    directory_connected=True,
    since=datetime(2026, 11, 2, 6, 30, tzinfo=UTC),
    version="0.1.0",
)
INSTALLED = Installed(SETTINGS, STATUS, FINGERPRINT)
RECOVERY = Recovery(
    datetime(2026, 11, 22, 17, 5, tzinfo=UTC),
    (INSTALL[0].summary, INSTALL[1].summary, INSTALL[2].summary),
    needs_admin=True,
)
FORWARD = Recovery(
    datetime(2026, 11, 22, 17, 5, tzinfo=UTC),
    tuple(change.summary for change in REMOVAL[5:]),
    needs_admin=True,
    forward=True,
    removal=True,
)
VERIFIED = (
    Check("agent", "The agent runs", "ok", "Ready since 2 s, version 0.1.0"),
    Check("relay", "The relay knows the agent", "ok", "Connected", ms=21),
    Check("directory", "The directory answers", "ok", "dc1.corp.test", ms=14),
    Check("rights", "Permissions", "ok", "4 of 4, on 1 container; none in excess"),
)
PORTAL_DETAILS = PortalDetails(
    "https://relay.corp.test/sync-01",
    "sync-01",
    FINGERPRINT,
    "https://portal.corp.test",
    PORTAL_FINGERPRINT,
)
ASKED = PortalAsked(
    "https://portal.corp.test/device",
    "https://portal.corp.test/device?user_code=BCDF-GHJK",
    "BCDF-GHJK",
    "sync-01",
    FINGERPRINT,
    900,
)
SIGNED_IN = SignedIn(
    "https://relay.corp.test",
    "sync-01",
    CODE,
    "https://portal.corp.test",
    "Contoso",
    PORTAL_FINGERPRINT,
    CANARY,
)
TESTED = SelfTestResult(
    "ok",
    "Your password is changed.",
    "The directory accepted the request.",
    {},
    {
        "relay": 12.0,
        "agent": 69.0,
        "agent: open": 2.1,
        "agent: find": 9.0,
        "agent: judge": 14.0,
        "agent: write": 38.0,
        "total": 81.0,
        "keys": 18.0,
    },
)
