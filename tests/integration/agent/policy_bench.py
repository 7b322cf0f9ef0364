"""Puts a random case on the lab's controller, and asks the product and the controller.

Everything is set over LDAP as administrator on one connection; the product reads and
writes as the service account on its own.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agent.acl.ace import Ace
from agent.acl.sid import Sid
from agent.active_directory import users
from agent.active_directory.subject_reader import SubjectReader
from agent.ldap.pool import PooledConnection
from agent.request import judgment, password_write, refusals
from agent.request.answer import Ended
from agent.request.entitlement import Entitled
from agent.request.stages import Located
from agent.verdict import judge
from agent.verdict.attributes import from_filetime
from agent.verdict.subject import Subject
from agent.verdict.verdict import State
from lab.controller import Lab
from tests.fixtures.agent_stage import CANARY, ISSUER, AgentStage
from tests.fixtures.filetime import to_filetime
from tests.integration.agent.policy_admin import Admin, domain_values, settings_values
from tests.integration.agent.policy_cases import DAY, TICK, Case, Linked, Past, Rules
from tests.integration.agent.policy_cases import State as Wanted
from tests.integration.agent.policy_rules import resultant
from wire.messages import Portal, Request, new_jti
from wire.operation import Operation
from wire.outcomes import Code
from wire.request_claims import UserClaim
from wire.secret import Secret

CHANGE_PASSWORD = uuid.UUID("ab721a53-1e2f-11d0-9819-00aa0040529b")
READ_ALL = 0x20094  # READ_CONTROL, list, read property, list object
LONG_AGO = 131_000_000_000_000_000
# old enough for a minimum age of one second less; the write comes within the margin
OVER, UNDER = timedelta(seconds=-1), timedelta(seconds=30)


@dataclass
class Person:
    """One user of the pool, with the passwords that were set."""

    dn: str
    sam: str
    past: Past = field(repr=False)
    cannot_change: bool = False


@dataclass(frozen=True)
class Forecast:
    """What the product says before the write.

    Attributes:
        code: None when the directory decides.
        why: what it decides over, or why nothing is known.

    """

    code: Code | None
    why: str = ""


@dataclass(frozen=True)
class Became:
    """What became of the write.

    Attributes:
        code: the agent's answer.
        detail: the agent's, too.
        words: the controller's own; Samba's name the cause, which nothing but this
            test may use: Active Directory's do not.

    """

    code: Code
    detail: str = ""
    words: str = ""


@dataclass
class Bench:
    """The controller, the pool of users, and the agent with hints and without."""

    admin: Admin
    lab: Lab
    agents: dict[bool, AgentStage]
    people: list[Person] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    guids: list[bytes] = field(default_factory=list)
    open: int = 3

    def prepare(self) -> None:
        """Make the pool: people of the lab, short names, and two who cannot change."""
        start = self.lab.start_password
        keys = [k for k, p in self.lab.people.items() if "." in p["sam"]][:14]
        for key in keys:
            known = self.lab.people[key]
            past = Past([start], [start])
            self.people.append(Person(known["dn"], known["sam"], past))
        for sam in ("jo", "bob", "\u017b\u00f3\u0142\u0107"):
            self._add_person(sam)
        self._link_groups()
        self._add_settings()
        change = [Sid.of("S-1-5-10"), Sid.of("S-1-1-0")]
        deny = [Ace(6, 0, 0x100, sid, CHANGE_PASSWORD, None) for sid in change]
        for person in self.people[:2]:
            self.admin.add_aces(person.dn, deny)
            person.cannot_change = True

    def _add_person(self, sam: str) -> None:
        dn = f"CN={sam},OU=People,{self.admin.base}"
        self.admin.add(dn, "user", {"sAMAccountName": sam})
        self.admin.password(dn, CANARY)
        self.people.append(Person(dn, sam, Past([CANARY], [CANARY])))

    def _link_groups(self) -> None:
        self.group = f"CN=Policy inner,OU=Groups,{self.admin.base}"
        self.outer = f"CN=Policy outer,OU=Groups,{self.admin.base}"
        members = [person.dn for person in self.people]
        self.admin.add(self.group, "group", {"member": members})
        self.admin.add(self.outer, "group", {"member": [self.group]})

    def _add_settings(self) -> None:
        """Some that the service account may read, and one that it may not.

        In the order of their GUIDs, so that the same seed has the same winners.
        """
        account = self.lab.accounts["svc-existing"]["dn"]
        agent = Sid(self.admin.read(account, "objectSid")[0])
        grant = Ace(0, 0, READ_ALL, agent, None, None)
        for number in range(4):
            place = f"CN=Password Settings Container,CN=System,{self.admin.base}"
            dn = f"CN=Random {number},{place}"
            values = settings_values(Linked("none", 1, Rules()), timedelta(0))
            reversible = {"msDS-PasswordReversibleEncryptionEnabled": b"FALSE"}
            self.admin.add(dn, "msDS-PasswordSettings", values | reversible)
            self.settings.append(dn)
        self.settings.sort(key=lambda dn: self.admin.read(dn, "objectGUID")[0])
        self.guids = [self.admin.read(dn, "objectGUID")[0] for dn in self.settings]
        for dn in self.settings[: self.open]:
            self.admin.add_aces(dn, [grant])

    def put(self, case: Case) -> tuple[Rules, timedelta, datetime | None, bool]:
        """Set the case; say which rules hold, the age they ask for, and if hidden."""
        person = self.people[case.user]
        set_at = self._put_state(person, case.state)
        for dn, linked in zip(self.settings, case.settings, strict=True):
            to = {"user": person.dn, "group": self.group, "outer": self.outer}
            applies = [to[linked.link].encode()] if linked.link in to else []
            values = {}
            if applies:
                values = settings_values(linked, self._age(linked.rules, set_at))
            self.admin.set(dn, values | {"msDS-PSOAppliesTo": applies})
        age = self._age(case.domain, set_at)
        self.admin.set(self.admin.base, domain_values(case.domain, age))
        wins = resultant(case.settings, self.guids)
        if wins is None:
            return case.domain, age, set_at, False
        rules = case.settings[wins].rules
        return rules, self._age(rules, set_at), set_at, wins >= self.open

    def winner(self, case: Case) -> str | None:
        wins = resultant(case.settings, self.guids)
        return None if wins is None else self.settings[wins]

    def _put_state(self, person: Person, wanted: Wanted) -> datetime | None:
        ends = LONG_AGO if wanted.expired else 0x7FFFFFFFFFFFFFFF
        display = [wanted.display.encode()] if wanted.display else []
        number = str(wanted.flags).encode()
        self.admin.set(
            person.dn,
            {
                "userAccountControl": [number],
                "accountExpires": [str(ends).encode()],
                "displayName": display,
            },
        )
        if wanted.password != "as it is":
            value = 0 if wanted.password == "must change" else -1
            self.admin.always(person.dn, "pwdLastSet", value)
        # 0 forgets the wrong passwords of earlier cases too
        self.admin.always(person.dn, "lockoutTime", 0)
        if wanted.lock != "no":
            at = LONG_AGO if wanted.lock == "long ago" else to_filetime(_now())
            self.admin.always(person.dn, "lockoutTime", at)
        return from_filetime(int(self.admin.read(person.dn, "pwdLastSet")[0]))

    def _age(self, rules: Rules, set_at: datetime | None) -> timedelta:
        """Turn the kind of minimum age into one, around the password's own age."""
        old = _now() - (set_at or _now())
        edge = max(TICK, old + (OVER if rules.age == "over" else UNDER))
        fixed = {"none": timedelta(0), "tick": TICK, "day": DAY, "years": 900 * DAY}
        return fixed.get(rules.age, edge)

    def request(self, case: Case, new: str, old: str) -> Request:
        keys = self.agents[case.hints].portal.public
        return Request(
            portal=Portal(ISSUER, keys),
            issued_at=0,
            expires_at=0,
            jti=new_jti(),
            op=case.operation,
            user=UserClaim(by="sAMAccountName", value=self.people[case.user].sam),
            new_password=Secret(new),
            old_password=Secret(old) if case.operation is Operation.CHANGE else None,
            must_change=False,
            methods=(),
            digest=b"",
        )

    def located(self, case: Case, request: Request) -> Iterator[Located]:
        """Read the user as the agent does to check, on its warm connection."""
        stage, dn = self.agents[case.hints], self.people[case.user].dn
        domain = stage.tools.domain
        domain.forget_policies()

        def read(warm: PooledConnection) -> Located:
            user = users.read_again(warm.directory, dn)
            subject = SubjectReader(domain).read(warm, user, detail=True)
            return Located(request, warm, user, subject)

        with stage.tools.pool.connection(first_read=read) as found:
            yield found

    def write(self, case: Case, located: Located) -> Became:
        """Do it as the handler does, to the end."""
        tools = self.agents[case.hints].tools
        try:
            judged = judgment.judge(Entitled(located), tools)
            password_write.verify(password_write.write(judged, tools))
        except Ended as ended:
            words = getattr(ended.__cause__, "diagnostic", "")
            return Became(ended.answer.code, ended.answer.detail, words)
        return Became(Code.OK)


def _now() -> datetime:
    return datetime.now(UTC)


def foretell(subject: Subject, request: Request) -> Forecast:
    """Say what the product knows before the write, verdict and policy together."""
    reset_verdict = judge.judge_operation(subject, request.op)
    findings = refusals.password_findings(subject, request)
    stops = next((each for each in findings if each.blocks), None)
    if reset_verdict.state is State.NO and reset_verdict.code is not Code.TOO_YOUNG:
        return Forecast(reset_verdict.code, reset_verdict.shown_by)
    if stops is not None:
        return Forecast(stops.code, stops.detail)
    if reset_verdict.state is not State.YES:
        return Forecast(None, reset_verdict.shown_by)
    open_ = [f.detail for f in findings if f.code in (Code.IN_HISTORY, Code.POLICY)]
    return Forecast(None, "; ".join(open_)) if open_ else Forecast(Code.OK)
