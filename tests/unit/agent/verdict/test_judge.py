"""The verdict: one cause, what shows it, one remedy; never yes without proof."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agent.acl.rights import INET_ORG_PERSON, USER
from agent.verdict.account import Account
from agent.verdict.causes import CAUSES, Cause
from agent.verdict.judge import judge
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import JUDGED, Subject
from agent.verdict.verdict import OperationVerdict, State
from tests.fixtures.sddl_text import descriptor, sid, sids
from wire.operation import Operation
from wire.outcomes import Code
from wire.text import Text

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = PasswordPolicy(
    source="DC=corp,DC=test",
    min_length=8,
    complexity=True,
    history=24,
    min_age=DAY,
    max_age=42 * DAY,
    lockout_threshold=5,
    lockout_duration=timedelta(hours=1),
)
ACCOUNT = Account(sam="ada", flags=0x200, pwd_last_set=NOW - 10 * DAY)
RIGHTS = (
    "(OA;;CR;change;;WD)(OA;;CR;change;;PS)(OA;CIID;CR;reset;user;AGENT)"
    "(OA;CIID;WP;lockout;user;GROUP)(OA;CIID;WP;pwdlast;user;AGENT)"
)


def raw(text: str | None, *, protected: bool = False) -> bytes:
    return descriptor(text, protected=protected).to_bytes()


SUBJECT = Subject(
    dn="CN=Ada,OU=People,DC=corp,DC=test",
    guid=UUID(int=7),
    object_sid=sid("USER"),
    classes=frozenset({USER}),
    descriptor=raw(RIGHTS),
    account=ACCOUNT,
    policy=POLICY,
    agent_sids=sids("AGENT", "GROUP", "WD", "AU"),
    hints=True,
    read_at=NOW,
)
YES = OperationVerdict(State.YES, Code.OK, Cause.NONE)


def reset(subject: Subject) -> OperationVerdict:
    return judge(subject).reset


def test_with_every_right_everything_would_work() -> None:
    got = judge(SUBJECT)

    assert (got.reset, got.change, got.unlock, got.must_change) == (YES,) * 4
    assert got.notes == ()


STOPS = [
    (
        "scope",
        replace(SUBJECT, in_scope=False, why_not_in_scope=Text("not below OU=Staff")),
        Code.NOT_IN_SCOPE,
        "not below OU=Staff",
    ),
    (
        "protected",
        replace(
            SUBJECT,
            descriptor=raw(RIGHTS, protected=True),
            account=replace(ACCOUNT, admin_count=True),
        ),
        Code.PROTECTED_ACCOUNT,
        "adminCount is 1 and inheritance is off",
    ),
    (
        "protected by membership",
        replace(SUBJECT, protected_group=Text("Domain Admins")),
        Code.PROTECTED_ACCOUNT,
        "a member of Domain Admins",
    ),
    (
        "on the deny list",
        replace(SUBJECT, denied_by=Text("S-1-5-21-1-2-3-1200 is on it")),
        Code.EXCLUDED_ACCOUNT,
        "S-1-5-21-1-2-3-1200 is on it",
    ),
    (
        "a service account",
        replace(SUBJECT, service_account=Text("servicePrincipalName is 'HTTP/app'")),
        Code.EXCLUDED_ACCOUNT,
        "servicePrincipalName is 'HTTP/app'",
    ),
    (
        "disabled",
        replace(SUBJECT, account=replace(ACCOUNT, flags=0x202)),
        Code.ACCOUNT_DISABLED,
        "userAccountControl has ACCOUNTDISABLE",
    ),
    (
        "expired",
        replace(SUBJECT, account=replace(ACCOUNT, account_expires=NOW)),
        Code.ACCOUNT_EXPIRED,
        "accountExpires is 2026-11-23 12:00 UTC",
    ),
]


@pytest.mark.parametrize(("name", "subject", "code", "shown_by"), STOPS)
def test_a_cause_that_stops_everything(
    name: str, subject: Subject, code: Code, shown_by: str
) -> None:
    got = judge(subject)

    for answer in (got.reset, got.change, got.unlock, got.must_change):
        assert (answer.state, answer.code) == (State.NO, code), name
        assert answer.shown_by == shown_by
        assert answer.remedy


def test_the_strongest_cause_is_the_one_named() -> None:
    everything = replace(
        SUBJECT,
        descriptor=raw("", protected=True),
        account=replace(ACCOUNT, flags=0x202, admin_count=True, pwd_last_set=NOW),
    )

    assert reset(everything).code == Code.PROTECTED_ACCOUNT
    assert reset(replace(everything, in_scope=False)).code == Code.NOT_IN_SCOPE


def test_a_left_over_admin_count_protects_nobody() -> None:
    left = replace(SUBJECT, account=replace(ACCOUNT, admin_count=True))
    got = judge(left)

    assert got.reset == YES
    assert got.notes == ("adminCount is 1, left over: inheritance is on",)


@pytest.mark.parametrize("operation", JUDGED)
def test_a_missing_right_is_named(operation: Operation) -> None:
    got = judge(replace(SUBJECT, descriptor=raw("(A;;RC;;;AU)")))
    answer = got.of(operation)

    assert (answer.state, answer.code) == (State.NO, Code.PERMISSION_DENIED)
    assert answer.shown_by.startswith("no entry allows the service account to")
    assert answer.remedy == "Grant the right on the container."


def test_each_right_counts_for_its_own_operation() -> None:
    only = replace(SUBJECT, descriptor=raw("(OA;;CR;reset;;AGENT)"))
    got = judge(only)

    assert got.reset == YES
    assert {got.change.state, got.unlock.state, got.must_change.state} == {State.NO}


def test_inheritance_that_is_off_is_the_remedy() -> None:
    protected = replace(SUBJECT, descriptor=raw("(A;;RC;;;AU)", protected=True))
    got = judge(protected)

    assert got.reset.code == Code.PERMISSION_DENIED
    assert got.reset.shown_by.endswith("inheritance is off")
    assert got.reset.remedy.startswith("Turn inheritance on")
    assert any("inheritance is off" in note for note in got.notes)


def test_inheritance_may_be_off_at_a_container_above() -> None:
    sales = "OU=Sales,DC=corp,DC=test"
    below = replace(SUBJECT, descriptor=raw("(A;;RC;;;AU)"), inheritance_off_at=sales)

    assert reset(below).cause == Cause.INHERITANCE_OFF
    assert reset(below).shown_by.endswith(f"inheritance is off at {sales}")
    assert reset(replace(SUBJECT, inheritance_off_at=sales)) == YES


def test_an_inet_org_person_is_told_why_the_grant_passes_by() -> None:
    other = replace(
        SUBJECT,
        descriptor=raw("(A;;RC;;;AU)"),
        classes=frozenset({INET_ORG_PERSON}),
    )

    assert reset(other).cause == Cause.NOT_GRANTED
    assert reset(other).shown_by.endswith("do not reach an inetOrgPerson")


def test_the_entry_that_denies_is_shown_by_name() -> None:
    denied = replace(SUBJECT, descriptor=raw("(D;;CR;;;GROUP)" + RIGHTS))
    got = judge(denied, name_of=lambda _: "CORP\\Helpers").reset

    assert (got.state, got.code) == (State.NO, Code.PERMISSION_DENIED)
    assert got.shown_by.startswith("Denies CORP\\Helpers to use all extended rights")
    assert "does not remove a deny" in got.remedy


@pytest.mark.parametrize(
    ("subject", "shown_by"),
    [
        (replace(SUBJECT, descriptor=None), "nTSecurityDescriptor is hidden"),
        (replace(SUBJECT, descriptor=b"\1"), "nTSecurityDescriptor can not be read"),
        (
            replace(SUBJECT, descriptor=raw("(XA;;CR;;;AGENT)")),
            "Allows S-1-5-21-1-2-3-1104 to use all extended rights",
        ),
        (
            replace(SUBJECT, account=None, unreadable=Text("pwdLastSet is hidden")),
            "pwdLastSet is hidden",
        ),
    ],
)
def test_what_can_not_be_read_is_unknown_and_never_yes(
    subject: Subject, shown_by: str
) -> None:
    got = reset(subject)

    code = CAUSES[got.cause].code
    assert (got.state, got.code) == (State.UNKNOWN, code)
    assert code in (Code.PERMISSION_DENIED, Code.NOT_KNOWN)
    assert got.shown_by.startswith(shown_by)
    assert got.remedy


def test_a_password_that_is_too_young_says_until_when() -> None:
    young = replace(SUBJECT, account=replace(ACCOUNT, pwd_last_set=NOW - DAY / 2))
    got = judge(young)

    assert (got.reset.state, got.reset.code) == (State.NO, Code.TOO_YOUNG)
    assert got.reset.until == NOW + DAY / 2
    assert "pwdLastSet is 2026-11-23 00:00:00 UTC" in got.reset.shown_by
    assert got.change.code == Code.TOO_YOUNG
    assert got.unlock == YES


def test_without_hints_only_a_change_can_be_too_young() -> None:
    young = replace(SUBJECT, hints=False, account=replace(ACCOUNT, pwd_last_set=NOW))
    got = judge(young)

    assert got.reset == YES
    assert got.change.code == Code.TOO_YOUNG


def test_without_a_policy_the_minimum_age_is_unknown_where_it_counts() -> None:
    blind = replace(SUBJECT, policy=None)
    got = judge(blind)

    assert (got.reset.state, got.reset.code) == (State.UNKNOWN, Code.NOT_KNOWN)
    assert got.unlock == YES
    assert reset(replace(blind, hints=False)) == YES
    fresh = replace(blind, account=replace(ACCOUNT, pwd_last_set=None))
    assert reset(fresh) == YES


@pytest.mark.parametrize("who", ["PS", "WD"])
def test_user_cannot_change_password_stops_a_change_only(who: str) -> None:
    text = f"(OD;;CR;change;;{who})" + RIGHTS
    got = judge(replace(SUBJECT, descriptor=raw(text)))

    assert (got.change.state, got.change.code) == (State.NO, Code.CANNOT_CHANGE)
    assert got.change.shown_by.startswith(f"Denies {sid(who)} to change the password")
    assert got.reset == YES
    assert any("user cannot change password" in note for note in got.notes)


def test_must_change_has_no_effect_on_a_password_that_never_expires() -> None:
    forever = replace(SUBJECT, account=replace(ACCOUNT, flags=0x10200))
    got = judge(forever)

    assert (got.must_change.state, got.must_change.code) == (State.NO, Code.PARTIAL)
    assert got.reset == YES


def test_an_operation_that_is_off_is_not_offered() -> None:
    got = judge(SUBJECT, frozenset({Operation.RESET}))

    assert got.reset == YES
    assert got.change.code == got.unlock.code == Code.OPERATION_OFF
    assert got.must_change.state == State.NO


def test_notes_tell_of_a_lock_and_of_a_missing_list() -> None:
    locked = replace(ACCOUNT, lockout_time=NOW)
    got = judge(replace(SUBJECT, account=locked, descriptor=raw(None)))

    assert got.reset == YES
    assert len(got.notes) == 2


def test_the_agents_own_account_is_never_written_to_however_it_is_named() -> None:
    own = replace(SUBJECT, dn="CN=Harmless,OU=People,DC=corp,DC=test")
    own = replace(own, object_sid=sid("AGENT"), in_scope=False)
    got = judge(own)

    for answer in (got.reset, got.change, got.unlock, got.must_change):
        assert (answer.code, answer.cause) == (
            Code.EXCLUDED_ACCOUNT,
            Cause.OWN_ACCOUNT,
        )
        assert answer.shown_by == f"objectSid is {sid('AGENT')}"


def test_somebody_whose_sid_is_hidden_may_be_the_agent_itself() -> None:
    got = judge(replace(SUBJECT, object_sid=None, unseen=frozenset({"objectSid"})))

    assert (got.reset.state, got.reset.cause) == (State.UNKNOWN, Cause.HIDDEN)
    assert "objectSid" in got.reset.shown_by


def test_no_account_of_a_trust_is_reset() -> None:
    trust = replace(SUBJECT, account=replace(ACCOUNT, flags=0x820))

    assert reset(trust).cause is Cause.SERVICE_ACCOUNT


CAUSES_OF = [
    (replace(SUBJECT, descriptor=raw("(A;;RC;;;AU)")), Cause.NOT_GRANTED),
    (
        replace(SUBJECT, descriptor=raw("(A;;RC;;;AU)", protected=True)),
        Cause.INHERITANCE_OFF,
    ),
    (replace(SUBJECT, descriptor=raw("(D;;CR;;;AGENT)" + RIGHTS)), Cause.DENIED),
    (replace(SUBJECT, descriptor=raw("(XA;;CR;;;AGENT)")), Cause.UNDECIDED),
    (replace(SUBJECT, descriptor=b"\1"), Cause.UNDECIDED),
    (replace(SUBJECT, descriptor=None), Cause.HIDDEN),
    (replace(SUBJECT, policy=None), Cause.POLICY_HIDDEN),
    (replace(SUBJECT, protected_group=Text("Domain Admins")), Cause.PROTECTED),
    (replace(SUBJECT, object_sid=sid("GROUP")), Cause.OWN_ACCOUNT),
    (replace(SUBJECT, denied_by=Text("x is on it")), Cause.DENY_LIST),
    (replace(SUBJECT, service_account=Text("HTTP/x")), Cause.SERVICE_ACCOUNT),
    (replace(SUBJECT, account=replace(ACCOUNT, pwd_last_set=NOW)), Cause.TOO_YOUNG),
]


@pytest.mark.parametrize(("subject", "cause"), CAUSES_OF)
def test_one_right_may_be_missing_for_several_causes(
    subject: Subject, cause: Cause
) -> None:
    assert reset(subject).cause == cause


def test_every_cause_has_words_and_a_remedy() -> None:
    assert set(CAUSES) == set(Cause)
    assert all(text.remedy for cause, text in CAUSES.items() if cause != Cause.NONE)
    short = {cause for cause, text in CAUSES.items() if text.falls_short}
    assert Cause.NOT_GRANTED in short
    assert not short & {Cause.NONE, Cause.PROTECTED, Cause.DISABLED, Cause.TOO_YOUNG}
    assert len({text.title for text in CAUSES.values()}) == len(Cause)


def test_a_missing_right_is_known_even_of_an_account_that_is_hidden() -> None:
    unreadable = raw("(A;;RC;;;AU)", protected=True)
    got = judge(replace(SUBJECT, descriptor=unreadable, account=None))

    assert (got.reset.state, got.reset.cause) == (State.NO, Cause.INHERITANCE_OFF)
    assert got.unlock.cause == Cause.INHERITANCE_OFF


def test_a_lock_stops_a_change_and_nothing_else() -> None:
    locked = replace(SUBJECT, account=replace(ACCOUNT, lockout_time=NOW))
    got = judge(locked)

    assert (got.change.code, got.change.cause) == (Code.ACCOUNT_LOCKED, Cause.LOCKED)
    assert got.reset == got.unlock == YES


def test_a_verdict_is_json() -> None:
    young = replace(SUBJECT, account=replace(ACCOUNT, pwd_last_set=NOW))
    text = json.loads(json.dumps(judge(young).as_dict()))

    assert text["guid"] == "00000000-0000-0000-0000-000000000007"
    assert text["reset"]["state"] == "no"
    assert text["reset"]["code"] == "too_young"
    assert text["reset"]["until"] == "2026-11-24T12:00:00+00:00"
    assert text["unlock"] == {
        "state": "yes",
        "code": "ok",
        "cause": "none",
        "shown_by": "",
        "remedy": "",
        "until": None,
    }
    assert text["notes"] == []
