"""The account of the service: chosen, accepted, given its right, and taken back."""

from dataclasses import replace

import pytest

from agent.platform.windows.service_sid import SERVICE
from tests.fixtures.windows.fake_services import Cut, FakeServices
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.host.windows.conftest import PROGRAM
from tests.unit.wizard.host.windows.unit_changes import (
    apply,
    context,
    planned,
    sealed,
    state,
    undo,
)
from wire.secret import Secret
from wizard.host.interface import ServiceFailed
from wizard.host.windows.host import WindowsHost
from wizard.host.windows.service_account import VIRTUAL, ServiceAccount
from wizard.plan import journal
from wizard.plan.apply import Run, roll_back
from wizard.plan.change import Progress, StepFailed
from wizard.plan.step import Target
from wizard.steps.order import STEPS
from wizard.steps.service_unit import ServiceUnit

CANARY = "canary-of-the-service"
GMSA = r"CORP\writeback$"
OWN = r"CORP\svc-writeback"


def test_an_upgrade_changes_the_program_and_keeps_the_account(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA)))
    newer = PROGRAM.replace("1.0.0", "1.1.0")
    apply(WindowsHost(win32, newer))
    assert win32.configs[SERVICE].account == GMSA
    assert newer in win32.configs[SERVICE].image
    assert win32.passwords == [(GMSA, None)]


def test_an_account_of_its_own_has_its_password_once(
    win32: FakeServices, host: WindowsHost
) -> None:
    account = ServiceAccount(OWN, Secret(CANARY))
    chosen = WindowsHost(win32, PROGRAM, account=account)
    change = apply(chosen)
    assert win32.passwords == [(OWN, CANARY)]
    assert CANARY not in repr(change)
    assert CANARY not in repr(account)
    # from now on without it
    assert ServiceUnit().plan(Target(SETTINGS, context(host))) == ()
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], sid_type=0)
    apply(host)
    assert win32.passwords == [(OWN, CANARY)]


def test_an_account_gets_the_right_to_be_a_service_first(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    assert win32.services == set()
    apply(WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA)))
    assert win32.services == {GMSA}


def test_another_account_takes_its_password(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(OWN))
    with pytest.raises(StepFailed, match="password") as refused:
        planned(chosen)
    assert refused.value.needs == "service_password"
    assert win32.configs[SERVICE].account == VIRTUAL
    apply(WindowsHost(win32, PROGRAM, account=ServiceAccount(OWN, Secret(CANARY))))
    assert win32.passwords[-1] == (OWN, CANARY)


@pytest.mark.parametrize(
    "name",
    [
        *("LocalSystem", "NT AUTHORITY\\SYSTEM", "NT Authority\\LocalService"),
        *(".\\LocalSystem", "NT SERVICE\\Spooler", "NT SERVICE\\", "svc", "CORP\\"),
        *("\\svc", "CORP\\svc\\x", "CORP\\a\nb", "a@b@c", " "),
    ],
)
def test_what_it_may_not_run_as_is_refused_with_the_plan(
    win32: FakeServices, name: str
) -> None:
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(name, Secret(CANARY)))
    with pytest.raises(ServiceFailed, match="may not run as"):
        planned(chosen)


@pytest.mark.parametrize("sid", ["S-1-5-18", "S-1-5-19", "S-1-5-20"])
def test_one_of_the_system_is_refused_in_any_language(
    win32: FakeServices, sid: str
) -> None:
    """NT AUTHORITY has another name in some languages of Windows."""
    name = "NT-AUTORITÄT\\Lokaler Dienst"
    win32.sids[name] = sid
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(name, Secret(CANARY)))
    with pytest.raises(ServiceFailed, match="may not run as NT-AUTORITÄT"):
        planned(chosen)


def test_an_account_that_nobody_has_is_refused_with_the_plan(
    win32: FakeServices,
) -> None:
    win32.unknown = {GMSA}
    with pytest.raises(ServiceFailed, match="No mapping"):
        planned(WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA)))


def owned(win32: FakeServices, name: str = OWN) -> WindowsHost:
    """Give the host of a service that runs as an account with a password."""
    account = ServiceAccount(name, Secret(CANARY))
    sealed(WindowsHost(win32, PROGRAM, account=account))
    return WindowsHost(win32, PROGRAM)


def giving(
    win32: FakeServices, old: str, account: ServiceAccount | None = None
) -> WindowsHost:
    """Give a host that is given the password of the account that is left."""
    return WindowsHost(
        win32, PROGRAM, account=account, old_password=lambda: Secret(old)
    )


def test_the_password_of_the_account_that_is_left_is_needed_to_go_back(
    win32: FakeServices,
) -> None:
    owned(win32)
    gmsa = ServiceAccount(GMSA)
    with pytest.raises(StepFailed, match="svc-writeback is missing") as refused:
        planned(WindowsHost(win32, PROGRAM, account=gmsa))
    assert refused.value.needs == "service_password"
    other = ServiceAccount(r"CORP\other", Secret("x"))
    with pytest.raises(StepFailed, match="svc-writeback is missing") as refused:
        planned(WindowsHost(win32, PROGRAM, account=other))
    assert refused.value.needs == "previous_service_password"
    change = apply(giving(win32, CANARY, gmsa))
    assert not change.final
    assert win32.configs[SERVICE].account == GMSA
    assert CANARY not in repr(change)


def test_it_goes_back_to_an_account_with_its_password_alone(
    win32: FakeServices,
) -> None:
    owned(win32)
    before = win32.configs[SERVICE]
    change = apply(giving(win32, CANARY, ServiceAccount(GMSA)))
    with pytest.raises(StepFailed, match="service_password") as refused:
        undo(WindowsHost(win32, PROGRAM), change)
    assert refused.value.needs == "service_password"
    assert win32.configs[SERVICE].account == GMSA
    undo(giving(win32, CANARY), change)
    assert win32.configs[SERVICE] == before
    assert win32.passwords[-1] == (OWN, CANARY)


def test_a_removal_with_the_password_is_taken_back_whole_at_every_cut(
    win32: FakeServices,
) -> None:
    owned(win32)
    before = win32.configs[SERVICE]
    (change,) = ServiceUnit().plan_removal(context(giving(win32, CANARY)))
    assert not change.final
    ServiceUnit().apply(change, context(giving(win32, CANARY)))
    with pytest.raises(StepFailed, match="service_password"):
        undo(WindowsHost(win32, PROGRAM), change)
    assert SERVICE not in win32.configs
    for cut in range(30):
        win32.configs.pop(SERVICE, None)
        win32.cut = cut
        try:
            undo(giving(win32, CANARY), change)
        except Cut:
            win32.cut = None
            undo(giving(win32, CANARY), change)
            assert win32.configs[SERVICE] == before
        else:
            break
    assert cut > 5
    assert win32.configs[SERVICE] == before


def test_a_removal_without_the_password_only_goes_forward(win32: FakeServices) -> None:
    host = owned(win32)
    (change,) = ServiceUnit().plan_removal(context(host))
    assert change.final
    ServiceUnit().apply(change, context(host))
    ServiceUnit().apply(change, context(host))
    assert SERVICE not in win32.configs


def test_a_right_that_was_given_is_taken_back_and_no_other(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA))
    for held in (set[str](), {GMSA}):
        win32.services = {*held}
        change = apply(chosen)
        assert win32.services == {GMSA}
        undo(host, change)
        assert win32.services == held
        assert win32.configs[SERVICE].account == VIRTUAL


def test_a_right_is_taken_back_at_every_cut(win32: FakeServices) -> None:
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA))
    change = planned(chosen)
    for cut in range(20):
        win32.cut = cut
        try:
            ServiceUnit().apply(change, context(chosen))
        except Cut:
            win32.cut = None
            undo(WindowsHost(win32, PROGRAM), change)
            assert win32.services == set()
            assert SERVICE not in win32.configs
        else:
            break
    assert cut > 5


def test_a_right_that_another_gave_since_the_plan_is_not_taken(
    win32: FakeServices,
) -> None:
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA))
    change = planned(chosen)
    win32.services = {GMSA}
    made = ServiceUnit().apply(change, context(chosen))
    undo(WindowsHost(win32, PROGRAM), change, made)
    assert win32.services == {GMSA}
    assert SERVICE not in win32.configs


def test_a_roll_back_says_how_the_password_is_given_and_takes_it(
    win32: FakeServices,
) -> None:
    owned(win32)
    moving = giving(win32, CANARY, ServiceAccount(GMSA))
    change = planned(moving)
    begun = journal.begin(moving.places.journal, (change,))
    begun.intend(0, change)
    begun.did(0, ServiceUnit().apply(change, context(moving)))
    without = roll_back(Run(STEPS, begun, context(WindowsHost(win32, PROGRAM)), hear))
    (stuck,) = without.stuck
    assert "service_password" in stuck.reason
    assert win32.configs[SERVICE].account == GMSA
    found = journal.find_open(moving.places.journal)
    assert found is not None
    rolled = roll_back(Run(STEPS, found, context(giving(win32, CANARY)), hear))
    assert rolled.stuck == ()
    assert win32.configs[SERVICE].account == OWN
    assert win32.services == {OWN}
    texts = [path.read_text() for path in moving.places.journal.iterdir()]
    assert not any(CANARY in text for text in texts)


def hear(_: Progress) -> None:
    """Hear what is reported."""


def test_another_account_than_the_accepted_one_is_a_finding_and_mended(
    win32: FakeServices, host: WindowsHost
) -> None:
    sealed(host)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], account=OWN)
    found, detail = state(host)
    assert found == "failed"
    assert "ObjectName" in detail
    # nobody knows the password of what somebody put there
    assert apply(host).final
    assert win32.configs[SERVICE].account == VIRTUAL


def test_the_accepted_account_needs_its_password_to_come_back(
    win32: FakeServices,
) -> None:
    host = owned(win32)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], account=VIRTUAL)
    assert state(host)[0] == "failed"
    with pytest.raises(StepFailed, match="password"):
        planned(host)
    apply(giving(win32, CANARY))
    assert win32.configs[SERVICE].account == OWN
    assert state(host)[0] == "ok"


def test_an_account_that_is_there_is_accepted_when_it_is_chosen(
    win32: FakeServices, host: WindowsHost
) -> None:
    sealed(host)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], account=GMSA)
    win32.services = {GMSA}
    assert state(host)[0] == "failed"
    sealed(WindowsHost(win32, PROGRAM, account=ServiceAccount(GMSA)))
    assert state(host)[0] == "ok"
    assert ServiceUnit().plan(Target(SETTINGS, context(host))) == ()


@pytest.mark.parametrize(
    ("there", "named"),
    [
        (r"CORP\svc", r"corp\SVC"),
        (r".\svc", r"SERVER1\svc"),
        (r"SERVER1\svc", r".\SVC"),
        ("svc@corp.example", "SVC@CORP.EXAMPLE"),
    ],
)
def test_an_account_is_the_same_however_it_is_spelled(
    win32: FakeServices, monkeypatch: pytest.MonkeyPatch, there: str, named: str
) -> None:
    monkeypatch.setattr("platform.node", lambda: "server1")
    owned(win32, there)
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(named))
    assert ServiceUnit().plan(Target(SETTINGS, context(chosen))) == ()
    assert win32.configs[SERVICE].account == there


def test_the_virtual_account_is_the_same_in_any_case(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    chosen = WindowsHost(win32, PROGRAM, account=ServiceAccount(VIRTUAL.upper()))
    assert ServiceUnit().plan(Target(SETTINGS, context(chosen))) == ()


def test_a_new_password_of_the_same_account_is_a_change(win32: FakeServices) -> None:
    host = owned(win32)
    new = WindowsHost(win32, PROGRAM, account=ServiceAccount(OWN, Secret("new")))
    change = apply(new)
    assert win32.passwords == [(OWN, CANARY), (OWN, "new")]
    # the old one may be none any more
    undo(host, change)
    assert win32.passwords[-1] == (OWN, "new")
    undo(giving(win32, CANARY), change)
    assert win32.passwords[-1] == (OWN, CANARY)
