"""The password policy: read exactly, judged as the directory does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.verdict.account import Account, account_from
from agent.verdict.attributes import (
    AttributeUnreadable,
    from_filetime,
    from_interval,
    span_words,
)
from agent.verdict.password_check import (
    PolicyFinding,
    earliest,
    judge,
    kinds,
    name_inside,
    remaining_cause,
    units,
)
from agent.verdict.password_policy import PasswordPolicy, from_domain, from_pso
from tests.fixtures.filetime import to_filetime
from wire.operation import Operation
from wire.outcomes import Code

CANARY = "Canary-7f3a-Passw0rd!"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
POLICY = PasswordPolicy(
    "DC=corp,DC=test",
    8,
    True,
    24,
    DAY,
    42 * DAY,
    5,
    HOUR,
)
ACCOUNT = Account(
    sam="erin.h",
    flags=0x200,
    pwd_last_set=NOW - 10 * DAY,
    display_name="Erin M. Hagens-Smith",
)
PSO = {
    "msDS-MinimumPasswordLength": [b"12"],
    "msDS-PasswordComplexityEnabled": [b"TRUE"],
    "msDS-PasswordHistoryLength": [b"24"],
    "msDS-MinimumPasswordAge": [b"-864000000000"],
    "msDS-MaximumPasswordAge": [b"-9223372036854775808"],
    "msDS-LockoutThreshold": [b"5"],
    "msDS-LockoutDuration": [b"-18000000000"],
}
HEAD = {
    "minPwdLength": [b"7"],
    "pwdProperties": [b"1"],
    "pwdHistoryLength": [b"0"],
    "minPwdAge": [b"0"],
    "maxPwdAge": [b"-36288000000000"],
    "lockoutThreshold": [b"0"],
    "lockoutDuration": [b"-9223372036854775808"],
}
USER = {
    "sAMAccountName": [b"ada"],
    "userAccountControl": [b"66048"],
    "pwdLastSet": [b"0"],
}


def codes(found: Sequence[PolicyFinding]) -> list[Code]:
    return [finding.code for finding in found if finding.blocks]


def say(
    password: str = CANARY,
    *,
    policy: PasswordPolicy | None = POLICY,
    account: Account = ACCOUNT,
    operation: Operation = Operation.RESET,
    hints: bool = True,
    cannot_change: bool = False,
) -> tuple[PolicyFinding, ...]:
    return judge(
        policy,
        account,
        password,
        now=NOW,
        operation=operation,
        hints=hints,
        cannot_change=cannot_change,
    )


def test_a_pso_is_read() -> None:
    got = from_pso("CN=strict", PSO)

    assert got == PasswordPolicy(
        "CN=strict",
        12,
        True,
        24,
        DAY,
        None,
        5,
        timedelta(minutes=30),
    )


def test_the_head_of_the_domain_is_read() -> None:
    got = from_domain("DC=corp", HEAD)

    assert got == PasswordPolicy(
        "DC=corp",
        7,
        True,
        0,
        timedelta(0),
        42 * DAY,
        0,
        None,
    )
    assert not from_domain("DC=corp", HEAD | {"pwdProperties": [b"16"]}).complexity


@pytest.mark.parametrize("name", sorted(PSO))
def test_a_pso_with_a_hidden_attribute_is_no_policy(name: str) -> None:
    with pytest.raises(AttributeUnreadable, match=name) as caught:
        from_pso("CN=strict", PSO | {name: []})

    assert caught.value.attribute == name


@pytest.mark.parametrize("name", sorted(HEAD))
@pytest.mark.parametrize("value", [b"", b"many", b"\xff"])
def test_a_malformed_attribute_is_no_policy(name: str, value: bytes) -> None:
    with pytest.raises(AttributeUnreadable, match=name):
        from_domain("DC=corp", HEAD | {name: [value]})


@pytest.mark.parametrize(
    ("name", "value"),
    [("minPwdLength", b"-1"), ("minPwdAge", b"5"), ("lockoutDuration", b"1")],
)
def test_values_out_of_range_are_no_policy(name: str, value: bytes) -> None:
    with pytest.raises(AttributeUnreadable, match=name):
        from_domain("DC=corp", HEAD | {name: [value]})


def test_a_flag_is_true_or_false_and_nothing_else() -> None:
    with pytest.raises(AttributeUnreadable, match="is not TRUE or FALSE"):
        from_pso("CN=strict", PSO | {"msDS-PasswordComplexityEnabled": [b"1"]})


@given(st.datetimes(datetime(1601, 1, 2), datetime(9999, 12, 31)))  # noqa: DTZ001
def test_moments_come_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)

    assert from_filetime(to_filetime(aware)) == aware


@pytest.mark.parametrize(
    ("ticks", "moment"),
    [
        (0, None),
        (0x7FFFFFFFFFFFFFFF, None),
        (0x7FFFFFFFFFFFFFFE, None),
        (10, datetime(1601, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        (116444736000000000, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments_at_the_edges(ticks: int, moment: datetime | None) -> None:
    assert from_filetime(ticks) == moment


def test_spans_are_negative_ticks() -> None:
    assert from_interval(0) == timedelta(0)
    assert from_interval(-10) == timedelta(microseconds=1)
    assert from_interval(-0x8000000000000000) is None
    assert from_interval(-0x7FFFFFFFFFFFFFFF) is not None
    with pytest.raises(ValueError, match="positive"):
        from_interval(1)
    with pytest.raises(ValueError, match="before 1601"):
        from_filetime(-1)


def test_an_account_is_read() -> None:
    got = account_from("CN=Ada", USER)

    assert got.never_expires
    assert got.pwd_last_set is None
    assert not got.must_change
    assert not got.disabled
    assert not got.expired(NOW)
    assert not got.admin_count


@pytest.mark.parametrize("name", sorted(USER))
def test_an_account_needs_these(name: str) -> None:
    with pytest.raises(AttributeUnreadable, match=name):
        account_from("CN=Ada", USER | {name: []})


def test_a_moment_before_1601_is_no_account() -> None:
    with pytest.raises(AttributeUnreadable, match="accountExpires"):
        account_from("CN=Ada", USER | {"accountExpires": [b"-1"]})


def test_states_of_an_account() -> None:
    raw = USER | {
        "userAccountControl": [b"514"],
        "adminCount": [b"1"],
        "accountExpires": [str(to_filetime(NOW)).encode()],
        "lockoutTime": [str(to_filetime(NOW - HOUR)).encode()],
    }
    got = account_from("CN=Ada", raw)

    assert got.disabled
    assert got.must_change
    assert got.admin_count
    assert got.expired(NOW)
    assert not got.expired(NOW - timedelta(microseconds=1))


def test_a_lock_ends_after_its_time_unless_the_controller_says_otherwise() -> None:
    locked = replace(ACCOUNT, lockout_time=NOW - HOUR)
    forever = replace(POLICY, lockout_duration=None)

    assert not locked.locked(NOW, POLICY)
    assert locked.locked(NOW - timedelta(microseconds=1), POLICY)
    assert locked.locked(NOW, forever)
    assert locked.locked(NOW, None)
    assert replace(ACCOUNT, computed=0x10).locked(NOW, POLICY)
    assert not replace(locked, computed=0).locked(NOW, forever)


def test_a_good_password_meets_every_rule_that_can_be_read() -> None:
    found = say()

    assert codes(found) == []
    assert [finding.code for finding in found] == [Code.IN_HISTORY]


@pytest.mark.parametrize(
    ("password", "too_short"), [("Aa1!567", True), ("Aa1!5678", False)]
)
def test_length_at_the_edge(password: str, too_short: bool) -> None:  # noqa: FBT001
    found = say(password)

    assert (Code.TOO_SHORT in codes(found)) is too_short
    assert [f.minimum for f in found if f.blocks] == ([8] if too_short else [])


def test_length_is_counted_in_utf_16() -> None:
    assert units("a\N{GRINNING FACE}") == 3
    assert units("\ud800") == 1


@pytest.mark.parametrize(("length", "refused"), [(256, []), (257, [Code.POLICY])])
def test_a_password_has_an_upper_bound(length: int, refused: list[Code]) -> None:
    assert codes(say("Aa1" + "x" * (length - 3))) == refused


@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("", 0),
        ("abc", 1),
        ("abcABC", 2),
        ("abcABC1", 3),
        ("abcABC1!", 4),
        ("aA1!\N{HIRAGANA LETTER A}", 5),
        ("\N{GREEK CAPITAL LETTER OMEGA}\N{CYRILLIC SMALL LETTER DE}", 2),
        ("a\N{EURO SIGN} ", 1),
        ("\N{ARABIC-INDIC DIGIT ONE}", 0),
    ],
)
def test_kinds_of_character(password: str, count: int) -> None:
    assert kinds(password) == count


@pytest.mark.parametrize(
    ("password", "where"),
    [
        ("1-ERIN.H-2", "sAMAccountName"),
        ("my eRiN 77", "a part of displayName"),
        ("xxHAGENSxx", "a part of displayName"),
        ("smithy!", "a part of displayName"),
        ("Hage-Smit-M", None),
    ],
)
def test_names_inside_are_found(password: str, where: str | None) -> None:
    assert name_inside(ACCOUNT, password) == where


def test_short_names_do_not_count() -> None:
    short = replace(ACCOUNT, sam="ab", display_name="Al\tBo,Cy#Di_Ed")

    assert name_inside(short, "abalbocydied") is None
    assert name_inside(replace(short, sam="abc"), "xABCx") == "sAMAccountName"


def test_complexity_asks_for_three_kinds_and_no_name() -> None:
    assert codes(say("alllowercase1")) == [Code.NOT_COMPLEX]
    assert codes(say("Hagens-2026!")) == [Code.NOT_COMPLEX]
    lax = replace(POLICY, complexity=False)
    assert codes(say("hagenshagens", policy=lax)) == []


@pytest.mark.parametrize("flags", [0x220, 0x1000])
def test_accounts_that_need_no_password_are_exempt(flags: int) -> None:
    assert codes(say("a", account=replace(ACCOUNT, flags=flags))) == []


@pytest.mark.parametrize(
    ("operation", "hints", "bound"),
    [
        (Operation.RESET, True, True),
        (Operation.RESET, False, False),
        (Operation.CHANGE, False, True),
    ],
)
def test_the_minimum_age_binds_changes_and_resets_with_hints(
    operation: Operation,
    hints: bool,  # noqa: FBT001
    bound: bool,  # noqa: FBT001
) -> None:
    young = replace(ACCOUNT, pwd_last_set=NOW - DAY + timedelta(microseconds=1))
    found = say(account=young, operation=operation, hints=hints)

    assert codes(found) == ([Code.TOO_YOUNG] if bound else [])
    until = [f.earliest for f in found if f.earliest]
    assert until == ([NOW + timedelta(microseconds=1)] if bound else [])
    age = "asks for an age of 1 day"
    assert any(f.detail.endswith(age) for f in found) == bound


def test_the_minimum_age_ends() -> None:
    assert codes(say(account=replace(ACCOUNT, pwd_last_set=NOW - DAY))) == []


def test_who_must_change_is_not_bound_by_the_minimum_age() -> None:
    assert codes(say(account=replace(ACCOUNT, pwd_last_set=None))) == []
    no_age = replace(POLICY, min_age=timedelta(0))
    assert earliest(no_age, ACCOUNT, Operation.CHANGE, hints=True) is None


def test_cannot_change_stops_a_change_and_is_told_for_a_reset() -> None:
    assert codes(say(operation=Operation.CHANGE, cannot_change=True)) == [
        Code.CANNOT_CHANGE
    ]
    reset = say(cannot_change=True)
    assert codes(reset) == []
    assert Code.CANNOT_CHANGE in [finding.code for finding in reset]


def test_a_lock_stops_a_change_and_no_reset() -> None:
    locked = replace(ACCOUNT, lockout_time=NOW, pwd_last_set=NOW)

    assert (
        codes(say(account=locked, operation=Operation.CHANGE))[0] == Code.ACCOUNT_LOCKED
    )
    assert Code.ACCOUNT_LOCKED not in codes(say(account=locked))
    over = replace(locked, lockout_time=NOW - HOUR, pwd_last_set=NOW - DAY)
    assert codes(say(account=over, operation=Operation.CHANGE)) == []


def test_a_policy_that_is_hidden_is_said_to_be_and_never_met() -> None:
    found = say(policy=None)

    assert [(each.code, each.blocks) for each in found] == [(Code.POLICY, False)]
    assert "can't be read" in found[0].detail


def test_what_needs_no_policy_is_found_without_it() -> None:
    locked = replace(ACCOUNT, computed=0x10)
    found = say("x" * 257, policy=None, account=locked, operation=Operation.CHANGE)

    assert codes(found) == [Code.ACCOUNT_LOCKED, Code.POLICY]
    denied = say(policy=None, operation=Operation.CHANGE, cannot_change=True)
    assert codes(denied) == [Code.CANNOT_CHANGE]


def test_the_minimum_age_is_for_normal_accounts() -> None:
    trust = replace(ACCOUNT, flags=0x820, pwd_last_set=NOW)

    assert codes(say(account=trust)) == []
    needs_none = replace(ACCOUNT, flags=0x220, pwd_last_set=NOW)
    assert codes(say(account=needs_none)) == [Code.TOO_YOUNG]


def test_after_a_refusal_what_was_found_before_is_the_cause() -> None:
    found = say("short")
    cause = remaining_cause(POLICY, found, operation=Operation.RESET, hints=True)

    assert cause.code == Code.TOO_SHORT


@pytest.mark.parametrize(
    ("policy", "operation", "hints", "code"),
    [
        (POLICY, Operation.RESET, True, Code.IN_HISTORY),
        (POLICY, Operation.CHANGE, False, Code.IN_HISTORY),
        (POLICY, Operation.RESET, False, Code.POLICY),
        (replace(POLICY, history=0), Operation.RESET, True, Code.POLICY),
        (None, Operation.RESET, True, Code.POLICY),
    ],
)
def test_after_a_refusal_the_cause_is_named_by_elimination(
    policy: PasswordPolicy | None,
    operation: Operation,
    hints: bool,  # noqa: FBT001
    code: Code,
) -> None:
    found = say(policy=policy or POLICY, operation=operation, hints=hints)

    assert remaining_cause(policy, found, operation=operation, hints=hints).code == code


def test_no_finding_holds_the_password() -> None:
    young = replace(ACCOUNT, pwd_last_set=NOW, sam="canary")
    found = say(account=young, policy=replace(POLICY, min_length=99))

    assert len(codes(found)) == 3
    assert CANARY.lower() not in repr(found).lower()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=1, minutes=30), "2 days 1 hour 30 minutes"),
        (timedelta(seconds=59), "less than a minute"),
    ],
)
def test_a_span_is_said_in_words(span: timedelta, words: str) -> None:
    assert span_words(span) == words
