"""The account's own state: each option and date is told, and what is hidden too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.config.scope_containers import ScopeContainers
from agent.ldap.entry import Entry
from tests.fixtures.filetime import to_filetime
from wire.text import Text
from wizard.permissions.findings import Finding, Level
from wizard.permissions.service_account import ServiceAccount, of_place, of_state

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NEVER = 0x7FFFFFFFFFFFFFFF
GOOD = ServiceAccount(
    dn="CN=svc,DC=corp,DC=test",
    flags=0x10200,
    computed=0,
    pwd_last_set=to_filetime(NOW - 10 * DAY),
    password_ends=NEVER,
    account_ends=0,
    names=(),
)
EXPIRING = replace(GOOD, flags=0x200)


def of(account: ServiceAccount) -> dict[str, Finding]:
    found = list(of_state(account, NOW))
    by_id = {each.id: each for each in found}
    assert len(by_id) == len(found)
    return by_id


def wrong(account: ServiceAccount) -> dict[str, Finding]:
    fine = (Level.OK, Level.INFO)
    return {key: each for key, each in of(account).items() if each.level not in fine}


def ticks(since_now: timedelta) -> int:
    return to_filetime(NOW + since_now)


def test_a_good_account_has_nothing_beyond_information() -> None:
    assert wrong(GOOD) == {}
    assert of(GOOD)["password/expires"].title == "Its password never expires"


@pytest.mark.parametrize(
    ("bit", "what", "level", "shown_by"),
    [
        (0x2, "account/disabled", Level.PROBLEM, "DISABLED"),
        (0x20, "account/password_not_required", Level.WARNING, "PASSWD_NOTREQD"),
        (
            0x80,
            "account/reversible",
            Level.WARNING,
            "ENCRYPTED_TEXT_PASSWORD_ALLOWED",
        ),
        (0x80000, "account/delegation", Level.PROBLEM, "TRUSTED_FOR_DELEGATION"),
        (
            0x400000,
            "account/no_preauthentication",
            Level.PROBLEM,
            "DONT_REQUIRE_PREAUTH",
        ),
        (
            0x1000000,
            "account/protocol_transition",
            Level.WARNING,
            "TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION",
        ),
    ],
)
def test_each_option_is_told_alone(
    bit: int, what: str, level: Level, shown_by: str
) -> None:
    (finding,) = wrong(replace(GOOD, flags=0x10200 | bit)).values()

    assert (finding.id, finding.level) == (what, level)
    assert finding.shown_by == f"userAccountControl has {shown_by}"
    assert finding.remedy


def test_a_lock_is_told() -> None:
    (finding,) = wrong(replace(GOOD, computed=0x10)).values()

    assert (finding.id, finding.level) == ("account/locked", Level.PROBLEM)


def test_service_names_are_told_with_their_values() -> None:
    (finding,) = wrong(replace(GOOD, names=("http/a", "http/b"))).values()

    assert (finding.id, finding.level) == ("account/service_names", Level.WARNING)
    assert finding.shown_by == "servicePrincipalName = http/a; http/b"


@pytest.mark.parametrize(
    ("since_now", "level", "title"),
    [
        (-DAY, Level.PROBLEM, "It has expired"),
        (timedelta(0), Level.PROBLEM, "It has expired"),
        (DAY, Level.WARNING, "It expires in 1 day"),
        (30 * DAY, Level.WARNING, "It expires in 30 days"),
        (31 * DAY, Level.INFO, "It expires in 31 days"),
    ],
)
def test_the_end_of_the_account_is_told_in_time(
    since_now: timedelta, level: Level, title: str
) -> None:
    finding = of(replace(GOOD, account_ends=ticks(since_now)))["account/expires"]

    assert (finding.level, finding.title) == (level, title)
    assert finding.shown_by.startswith("accountExpires is 202")


@pytest.mark.parametrize("never", [0, NEVER])
def test_an_account_without_an_end_never_expires(never: int) -> None:
    assert of(replace(GOOD, account_ends=never))["account/expires"].level is Level.OK


@pytest.mark.parametrize(
    ("age", "level"),
    [(DAY, Level.OK), (364 * DAY, Level.OK), (365 * DAY, Level.WARNING)],
)
def test_an_old_password_is_told(age: timedelta, level: Level) -> None:
    finding = of(replace(GOOD, pwd_last_set=ticks(-age)))["password/age"]

    assert (finding.level, finding.title) == (
        level,
        "Its password is 1 day old" if age == DAY else finding.title,
    )
    assert finding.shown_by.startswith("pwdLastSet is 202")


def test_a_password_that_must_be_changed_is_a_problem() -> None:
    assert of(replace(GOOD, pwd_last_set=0))["password/age"].level is Level.PROBLEM


@pytest.mark.parametrize(
    ("ends", "level", "title"),
    [
        (ticks(-DAY), Level.PROBLEM, "Its password has expired"),
        (0, Level.PROBLEM, "Its password has expired"),
        (ticks(3 * DAY), Level.WARNING, "Its password expires in 3 days"),
        (ticks(90 * DAY), Level.INFO, "Its password expires in 90 days"),
        (NEVER, Level.INFO, "Its password never expires by the policy"),
    ],
)
def test_the_end_of_the_password_is_told(ends: int, level: Level, title: str) -> None:
    finding = of(replace(EXPIRING, password_ends=ends))["password/expires"]

    assert (finding.level, finding.title) == (level, title)


def test_all_that_is_hidden_is_not_known() -> None:
    nothing = ServiceAccount("CN=svc", None, None, None, None, None, None)
    found = of(nothing)

    assert set(found) == set(of(GOOD))
    assert not any(each.known for each in found.values())
    assert {each.level for each in found.values()} == {Level.WARNING}
    assert all(each.shown_by.endswith("is hidden") for each in found.values())


def test_an_entry_is_read_and_nothing_is_made_up() -> None:
    values = {
        "objectClass": (b"top", b"user"),
        "userAccountControl": (b"512",),
        "pwdLastSet": (b"no number",),
    }
    account = ServiceAccount.of(Entry("CN=svc", values))

    assert account.flags == 512
    assert account.names == ()
    assert account.pwd_last_set is None
    assert account.computed is None


def test_names_of_an_entry_without_its_class_are_hidden() -> None:
    assert ServiceAccount.of(Entry("CN=svc", {})).names is None


def test_a_finding_is_given_as_json_takes_it() -> None:
    finding = Finding("groups", Level.OK, Text("It is in no protected group"))

    assert finding.as_dict() == {
        "id": "groups",
        "level": "ok",
        "title": "It is in no protected group",
        "shown_by": "",
        "remedy": "",
        "known": True,
    }


def test_an_account_inside_the_scope_is_told() -> None:
    dn, people = "CN=svc,OU=Services,DC=corp,DC=test", "OU=People,DC=corp,DC=test"
    head, services = "DC=corp,DC=test", "OU=Services,DC=corp,DC=test"

    assert of_place(dn, ScopeContainers([people])).level is Level.OK
    inside = of_place(dn, ScopeContainers([people, head]))
    assert (inside.level, inside.shown_by) == (Level.INFO, dn)
    assert inside.remedy
    beside = of_place(dn, ScopeContainers([head], [services]))
    assert (beside.level, beside.shown_by) == (Level.INFO, dn)
    assert "excluded" in beside.title
    assert beside.remedy
