"""The password for the proxy: planned, stored, taken back, found wrong, forgotten."""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from agent.config.secret_store import PROXY_PASSWORD
from agent.config.settings import Relay, Settings
from agent.config.settings_file import dump
from agent.relay_client.endpoint import RelayEndpoint
from lab.machines.proxy import Proxy, proxy
from tests.unit.wizard.answered import BEHIND, CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.secret import Secret
from wire.text import Text
from wizard.checks.relay import check_relay
from wizard.enrolment.relay_client import PROXY_REFUSES, RelayAnswer, RelayFailed, ask
from wizard.enrolment.relay_route import (
    former_endpoint,
    requested_endpoint,
    stored_endpoint,
)
from wizard.host.interface import UnitFiles
from wizard.host.stored_secrets import previous
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, StepFailed
from wizard.plan.step import Target, plan
from wizard.results import Check
from wizard.steps.keys import Keys
from wizard.steps.order import STEPS
from wizard.steps.proxy_password import ProxyPassword, ProxyPasswordRemoval
from wizard.steps.service_unit import ServiceUnit

OTHER = BEHIND.replace("proxy.", "proxy2.")
DIRECT = SETTINGS
STEP = ProxyPassword()


def through(address: str | None) -> Settings:
    relay = SETTINGS.relay.model_copy(update={"proxy": address})
    return SETTINGS.model_copy(update={"relay": relay})


WANTED = through(BEHIND)


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


class Behind:
    """A proxy that lets one password through; what is behind it may be away."""

    def __init__(self) -> None:
        self.password, self.away = CANARY, False
        self.asked: list[str | None] = []

    def ask(self, route: RelayEndpoint, *_: object, seconds: float) -> RelayAnswer:
        assert seconds <= 10
        assert route.proxy_password is not None
        self.asked.append(route.proxy)
        if route.proxy_password != Secret(self.password):
            raise RelayFailed(PROXY_REFUSES, "It is refused (407).", "Give another.")
        if self.away:
            raise RelayFailed(0, "The relay was not reached.", "Look at it.")
        return RelayAnswer(404, b"")


@pytest.fixture(autouse=True)
def behind(monkeypatch: pytest.MonkeyPatch) -> Behind:
    made = Behind()
    monkeypatch.setattr("wizard.steps.proxy_password.ask", made.ask)
    return made


def typed(host: FakeHost, password: str = CANARY) -> Context:
    return on(host, Inputs(proxy_password=Secret(password)))


def in_force(host: FakeHost, address: str = BEHIND, password: str = CANARY) -> None:
    """An installation behind a proxy, whose password is stored."""
    host.write(host.places.settings, dump(through(address)))
    host.secrets.put(PROXY_PASSWORD, Secret(password))


def test_without_a_user_there_is_nothing_to_store(
    host: FakeHost, behind: Behind
) -> None:
    for wanted in (DIRECT, through("http://proxy.corp.test:3128")):
        assert STEP.plan(Target(wanted, typed(host))) == ()
        assert STEP.verify(Target(wanted, on(host))) == ()
    assert behind.asked == []


def test_a_password_is_asked_for_stored_and_taken_back(host: FakeHost) -> None:
    with pytest.raises(StepFailed, match="is needed") as needed:
        STEP.plan(Target(WANTED, on(host)))
    assert needed.value.needs == "proxy_password"
    (change,) = STEP.plan(Target(WANTED, typed(host)))
    made = STEP.apply(change, typed(host))
    assert host.secrets.get(PROXY_PASSWORD) == Secret(CANARY)
    assert CANARY not in json.dumps([change.as_dict(), dict(made)])
    assert "CORP\\svc at the proxy http://proxy.corp.test:3128" in change.summary
    for _ in range(2):
        STEP.undo(Begun(0, change, made), on(host))
        assert host.secrets.get(PROXY_PASSWORD) is None


def test_the_password_in_force_changes_nothing(host: FakeHost) -> None:
    in_force(host)
    assert STEP.plan(Target(WANTED, on(host))) == ()
    assert STEP.plan(Target(WANTED, typed(host))) == ()
    assert STEP.verify(Target(WANTED, on(host))) == (
        Check(
            "proxy",
            "Sign-in at the proxy http://proxy.corp.test:3128",
            "ok",
            "It lets CORP\\svc through.",
        ),
    )


def test_a_wrong_password_never_gets_to_a_plan(host: FakeHost, behind: Behind) -> None:
    in_force(host)
    behind.password = "changed"
    for context in (on(host), typed(host, "wrong")):
        with pytest.raises(StepFailed, match="refused") as wrong:
            STEP.plan(Target(WANTED, context))
        assert wrong.value.needs == "proxy_password"
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert (row.state, row.remedy) == ("failed", "Give another.")
    (change,) = STEP.plan(Target(WANTED, typed(host, "changed")))
    STEP.apply(change, typed(host, "changed"))
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert row.state == "ok"


def test_a_relay_that_is_away_keeps_no_password_from_being_stored(
    host: FakeHost, behind: Behind
) -> None:
    behind.away = True
    (change,) = STEP.plan(Target(WANTED, typed(host)))
    STEP.apply(change, typed(host))
    host.write(host.places.settings, dump(WANTED))
    assert STEP.plan(Target(WANTED, on(host))) == ()
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert (row.state, row.detail) == ("failed", "The relay was not reached.")


@pytest.mark.parametrize("address", [OTHER, BEHIND.replace("svc", "svc2")])
def test_what_is_stored_is_shown_to_no_other_proxy(
    host: FakeHost, behind: Behind, address: str
) -> None:
    in_force(host)
    with pytest.raises(StepFailed, match="is needed"):
        STEP.plan(Target(through(address), on(host)))
    (row,) = STEP.verify(Target(through(address), on(host)))
    assert row.state == "failed"
    host.places.settings.unlink()  # it can't be said whose it is
    with pytest.raises(StepFailed, match="is needed"):
        STEP.plan(Target(WANTED, on(host)))
    assert behind.asked == []


@pytest.mark.parametrize("cut_off", [True, False])
def test_the_password_in_force_comes_back(
    host: FakeHost,
    cut_off: bool,  # noqa: FBT001 - a parameter
) -> None:
    in_force(host, password="in force")
    (change,) = STEP.plan(Target(through(OTHER), typed(host)))
    if not cut_off:
        STEP.apply(change, typed(host))
        assert host.secrets.get(PROXY_PASSWORD) == Secret(CANARY)
        assert host.secrets.get(previous(PROXY_PASSWORD)) == Secret("in force")
    STEP.undo(Begun(0, change, None), on(host))
    assert host.secrets.get(PROXY_PASSWORD) == Secret("in force")
    assert host.secrets.get(previous(PROXY_PASSWORD)) is None


def test_one_of_no_use_is_a_finding_and_replaced(host: FakeHost) -> None:
    in_force(host)
    path = host.places.secrets / f"{kept.SERVICE}.{PROXY_PASSWORD}"
    path.chmod(0o644)
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert row.state == "failed"
    assert "mode 644" in row.detail
    with pytest.raises(StepFailed, match="mode 644"):
        STEP.plan(Target(WANTED, on(host)))
    (change,) = STEP.plan(Target(WANTED, typed(host)))
    STEP.undo(Begun(0, change, None), on(host))
    STEP.apply(change, typed(host))
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert row.state == "ok"
    STEP.undo(Begun(0, change, {}), on(host))
    (row,) = STEP.verify(Target(WANTED, on(host)))
    assert "mode 644" in row.detail


@pytest.mark.parametrize("damaged", [True, False])
def test_one_that_no_proxy_takes_is_forgotten_and_comes_back(
    host: FakeHost,
    damaged: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert ProxyPasswordRemoval().plan(Target(DIRECT, on(host))) == ()
    in_force(host)
    path = host.places.secrets / f"{kept.SERVICE}.{PROXY_PASSWORD}"
    if damaged:
        path.write_bytes(b"\xff")
    before, old = path.read_bytes(), stored_endpoint(WANTED.relay, on(host))
    assert ProxyPasswordRemoval().plan(Target(WANTED, on(host))) == ()
    (change,) = plan((STEP, ProxyPasswordRemoval()), DIRECT, on(host))
    for cut_off in (True, False):
        if not cut_off:
            ProxyPasswordRemoval().apply(change, on(host))
            assert not path.exists()
        assert former_endpoint(WANTED.relay, None, on(host)) == old
        for _ in range(2):
            ProxyPasswordRemoval().undo(Begun(0, change, None), on(host))
            assert path.read_bytes() == before
        assert not host.secrets.holds(previous(PROXY_PASSWORD))


def test_a_service_is_never_given_what_is_not_there() -> None:
    """It is stored before, and forgotten after; a relay may be left in between."""
    order = ("proxy", "enrolment", "unit", "service", "forgetting", "leaving")
    names = [step.name for step in STEPS if step.name in order]
    assert names == [*order]


def test_a_relay_that_is_left_is_asked_as_before(host: FakeHost) -> None:
    in_force(host, password="in force")
    old = RelayEndpoint(WANTED.relay, Secret("in force"))
    assert former_endpoint(old.relay, None, on(host)) == old
    (change,) = STEP.plan(Target(through(OTHER), typed(host)))
    STEP.apply(change, typed(host))
    assert former_endpoint(old.relay, OTHER, on(host)) == old
    STEP.undo(Begun(0, change, {}), on(host))
    # the new password is the one that the same proxy takes
    (change,) = STEP.plan(Target(WANTED, typed(host)))
    STEP.apply(change, typed(host))
    assert former_endpoint(old.relay, BEHIND, on(host)) == RelayEndpoint(
        old.relay, Secret(CANARY)
    )


def test_what_a_new_proxy_takes_is_never_shown_to_the_old_one(host: FakeHost) -> None:
    in_force(host)
    path = host.places.secrets / f"{kept.SERVICE}.{PROXY_PASSWORD}"
    path.write_bytes(b"\xff")
    (change,) = STEP.plan(Target(through(OTHER), typed(host)))
    STEP.apply(change, typed(host))
    assert former_endpoint(WANTED.relay, OTHER, on(host)) == RelayEndpoint(WANTED.relay)


def test_it_stays_while_a_relay_is_still_to_be_told(host: FakeHost) -> None:
    (stored,) = STEP.plan(Target(WANTED, typed(host)))
    begun = journal.begin(host.places.journal, (stored,))
    enrols = Change("enrolment", Text("Enrols"), None, {})
    for index, change in enumerate((stored, enrols)):
        begun.intend(index, change)
    STEP.apply(stored, typed(host))
    with pytest.raises(StepFailed, match="still be informed"):
        STEP.undo(Begun(0, stored, {}), on(host, plan_id=begun.id))
    begun.undid(1)
    STEP.undo(Begun(0, stored, {}), on(host, plan_id=begun.id))
    assert host.secrets.get(PROXY_PASSWORD) is None


def test_it_goes_with_the_installation(host: FakeHost) -> None:
    in_force(host)
    assert STEP.plan_removal(on(host)) == ()
    (change,) = Keys().plan_removal(on(host))
    assert change.before == {"names": [PROXY_PASSWORD]}
    Keys().apply(change, on(host))
    assert host.secrets.get(PROXY_PASSWORD) is None


def test_the_service_is_given_it_where_it_is_needed(host: FakeHost) -> None:
    place = host.places.home / "drop-in"

    class NamesIn(UnitFiles):
        enabled = True

        def files(self, secrets: Sequence[str]) -> dict[Path, str]:
            return {place: "\n".join(secrets)}

        def enable(self, *, enabled: bool) -> None:
            assert enabled

    host.unit = NamesIn()
    for wanted in (DIRECT, WANTED, DIRECT):
        (change,) = ServiceUnit().plan(Target(wanted, on(host)))
        ServiceUnit().apply(change, on(host))
        assert (PROXY_PASSWORD in place.read_text()) is (wanted is WANTED)
        (row,) = ServiceUnit().verify(Target(wanted, on(host)))
        assert row.state == "ok"


# at a real proxy


@pytest.fixture
def there() -> Iterator[Proxy]:
    with proxy("127.0.0.1") as made:
        made.ask_for(f"CORP\\svc:{CANARY}")
        yield made


@pytest.mark.parametrize(
    ("user", "password", "field", "says"),
    [
        ("", "", "relay.proxy", "asks for credentials (407)"),
        ("CORP\\svc", "", "input.proxy_password", "asks for credentials (407)"),
        (
            "CORP\\svc",
            "wrong",
            "input.proxy_password",
            "not accept the user name or password",
        ),
        ("CORP\\svc", CANARY, "relay.url", "does not lead to the relay (502)"),
    ],
)
def test_a_check_of_the_relay_names_what_the_proxy_wants(
    host: FakeHost, there: Proxy, *, user: str, password: str, field: str, says: str
) -> None:
    address = there.of(user) if user else there.url
    # a relay that is not there: what is looked at here comes before it
    relay = Relay(url="https://127.0.0.1:1", proxy=address)
    inputs = Inputs(proxy_password=Secret(password) if password else None)
    route = requested_endpoint(relay, on(host, inputs))
    row, *_ = check_relay(route, None, threading.Event())
    assert (row.state, row.field) == ("failed", field)
    assert says in row.detail
    assert CANARY not in repr(row)
    assert there.refused == ([] if password == CANARY else ["127.0.0.1:1"])


def test_it_is_proven_at_the_proxy_itself(
    host: FakeHost, there: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.steps.proxy_password.ask", ask)
    relay = Relay(url="https://127.0.0.1:1", proxy=there.of("CORP\\svc"))
    wanted = SETTINGS.model_copy(update={"relay": relay})
    with pytest.raises(StepFailed, match=r"password \(407\)"):
        STEP.plan(Target(wanted, typed(host, "wrong")))
    (change,) = STEP.plan(Target(wanted, typed(host)))
    STEP.apply(change, typed(host))
    assert stored_endpoint(relay, on(host)) == RelayEndpoint(relay, Secret(CANARY))
    assert stored_endpoint(SETTINGS.relay, on(host)) == RelayEndpoint(SETTINGS.relay)
