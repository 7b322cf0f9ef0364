"""Each step alone: what it plans, makes, takes back and finds; nothing secret told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import secret_store as kept
from agent.config.migrations import kept_name
from agent.config.settings import Settings
from agent.config.settings_file import digest, dump, parse, validate
from agent.ldap.errors import SignInRefused, Unreachable
from agent.relay_client.endpoint import RelayEndpoint
from agent.system.version import VERSION
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.machine import Machine, after, on
from wire.enrolment_code import EnrolmentCode
from wire.keys import PrivateKeys, fingerprint_digest
from wire.secret import Secret
from wizard.enrolment.relay_client import Application, RelayFailed
from wizard.host.interface import Misplaced, Ownership, Protection
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, StepFailed
from wizard.plan.step import Target
from wizard.steps.account import PREVIOUS, Account
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.file_ownership import FileOwnership
from wizard.steps.keys import Keys
from wizard.steps.old_enrolment import OldEnrolment
from wizard.steps.service import ServiceStep, resume
from wizard.steps.settings_file import SettingsFile, differences, drift


@pytest.fixture
def host(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def changed(**parts: Any) -> Settings:
    """The settings with some parts replaced, one level deep."""
    plain = SETTINGS.model_dump(mode="json")
    for name, part in parts.items():
        plain[name] = plain[name] | part if isinstance(part, dict) else part
    return validate(plain)


# keys


def test_keys_are_made_once(host: Machine) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(change, on(host))
    assert Keys().plan(Target(SETTINGS, on(host))) == ()
    (row,) = Keys().verify(Target(SETTINGS, on(host)))
    assert row.state == "ok"


def test_keys_in_a_plan_are_names(host: Machine) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    told = json.dumps([change.as_dict(), dict(made)])
    for name in kept.NAMES:
        stored = host.secrets.get(name)
        assert stored is None or stored.reveal() not in told
    assert set(made) == {"fingerprint"}


def test_only_the_keys_that_were_made_are_taken_back(host: Machine) -> None:
    host.secrets.put(kept.TEST_KEY, Secret(CANARY))
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    Keys().undo(Begun(0, change, made), on(host))
    Keys().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.AGENT_KEYS) is None
    assert host.secrets.get(kept.TEST_KEY) == Secret(CANARY)


def test_keys_that_were_replaced_since_are_left(host: Machine) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    host.secrets.put(kept.AGENT_KEYS, PrivateKeys.generate().secret())
    with pytest.raises(StepFailed, match="replaced since"):
        Keys().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.AGENT_KEYS) is not None


def test_lost_keys_are_a_finding(host: Machine) -> None:
    (row,) = Keys().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert "agent-keys" in row.detail


def spoil(host: Machine, name: str, how: str) -> None:
    """Have others be able to read a secret, or damage it."""
    path = host.places.secrets / f"{kept.SERVICE}.{name}"
    if how == "read":
        path.chmod(0o644)
    else:
        path.write_bytes(b"\xff")


@pytest.mark.parametrize("how", ["read", "damaged"])
@pytest.mark.parametrize("inputs", [Inputs(), Inputs(new_keys=True)])
def test_keys_of_no_use_are_a_finding_and_replaced(
    host: Machine, how: str, inputs: Inputs
) -> None:
    step = Keys()
    for change in step.plan(Target(SETTINGS, on(host))):
        step.apply(change, on(host))
    test_key = host.secrets.get(kept.TEST_KEY)
    for name in (kept.AGENT_KEYS, kept.LISTEN_KEY):
        spoil(host, name, how)
    (row,) = step.verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert kept.AGENT_KEYS in row.detail
    assert kept.LISTEN_KEY in row.detail
    assert "writeback repair" in row.remedy
    changes = step.plan(Target(SETTINGS, on(host, inputs)))
    for change in changes:
        step.apply(change, on(host, inputs))
    (row,) = step.verify(Target(SETTINGS, on(host)))
    assert (row.state, step.plan(Target(SETTINGS, on(host)))) == ("ok", ())
    assert (host.secrets.get(kept.TEST_KEY) == test_key) is not inputs.new_keys
    for change in reversed(changes):
        step.undo(Begun(0, change, {}), on(host))
    assert host.secrets.get(kept.TEST_KEY) == test_key


def secrets_now(host: Machine) -> dict[str, tuple[int, bytes]]:
    """Give the mode and content of each file of the secret store."""
    return {
        path.name: (path.stat().st_mode, path.read_bytes())
        for path in host.places.secrets.iterdir()
    }


@pytest.mark.parametrize("how", ["read", "damaged", "gone"])
@pytest.mark.parametrize("inputs", [Inputs(), Inputs(new_keys=True)])
@pytest.mark.parametrize("names", [[kept.AGENT_KEYS], [kept.LISTEN_KEY, kept.TEST_KEY]])
def test_keys_that_no_relay_got_to_know_do_not_pass_for_good(
    host: Machine, how: str, inputs: Inputs, names: list[str]
) -> None:
    step, context = Keys(), on(host, inputs)
    for change in step.plan(Target(SETTINGS, on(host))):
        step.apply(change, on(host))
    for name in names:
        if how == "gone":
            host.secrets.remove(name)
        else:
            spoil(host, name, how)
    before, found = secrets_now(host), step.verify(Target(SETTINGS, on(host)))
    changes = step.plan(Target(SETTINGS, context))
    for change in changes:
        step.undo(Begun(0, change, None), on(host))  # cut off before: it is as it was
    assert secrets_now(host) == before
    made = [step.apply(change, context) for change in changes]
    assert secrets_now(host) != before
    for facts in (made, [None] * len(made)):
        for change, fact in zip(reversed(changes), reversed(facts), strict=True):
            step.undo(Begun(0, change, fact), on(host))
        assert secrets_now(host) == before
        assert step.verify(Target(SETTINGS, on(host))) == found
    assert [row.state for row in found] == ["failed"]


def test_what_went_with_a_roll_back_needs_no_protection(
    host: Machine,
) -> None:
    class Modes(Ownership):
        def misplaced(self) -> Sequence[Misplaced]:
            return ()

        def protect(self, path: Path, wanted: Protection) -> None:
            path.chmod(int(wanted.mode, 8))

    host.ownership = Modes()
    folder = host.places.secrets
    folder.mkdir(parents=True)
    was, wanted = (
        {"path": str(folder), "user": "root", "group": "root", "mode": mode}
        for mode in ("755", "700")
    )
    change = Change("files", "Protects the folder", was, wanted)
    FileOwnership().apply(change, on(host))
    folder.rmdir()  # empty again, it goes with the last secret
    FileOwnership().undo(Begun(0, change, {}), on(host))
    with pytest.raises(FileNotFoundError):
        FileOwnership().apply(change, on(host))


# the account's password; what needs a directory is in tests/integration


EXISTING = changed(directory={"account": {"kind": "existing", "name": "svc@corp.test"}})


def with_password(password: str) -> Inputs:
    return Inputs(account_password=Secret(password))


def test_an_existing_accounts_password_is_asked_for(host: Machine) -> None:
    with pytest.raises(StepFailed, match=r"password of svc@corp\.test is needed"):
        Account().plan(Target(EXISTING, on(host)))


def test_a_password_that_is_stored_already_changes_nothing(host: Machine) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    assert Account().plan(Target(EXISTING, on(host))) == ()
    assert Account().plan(Target(EXISTING, on(host, with_password(CANARY)))) == ()


def test_a_password_is_stored_and_taken_back(host: Machine) -> None:
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)
    assert CANARY not in json.dumps([change.as_dict(), dict(made)])
    Account().undo(Begun(0, change, made), on(host))
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) is None


def test_the_password_in_force_comes_back(host: Machine) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("in force")
    assert host.secrets.get(PREVIOUS) is None


def test_a_change_not_begun_leaves_the_password_in_force(host: Machine) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    (change,) = Account().plan(Target(EXISTING, on(host, with_password(CANARY))))
    Account().undo(Begun(0, change, None), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("in force")


@pytest.mark.parametrize("how", ["read", "damaged"])
def test_a_password_of_no_use_is_a_finding_and_asked_for(
    host: Machine, how: str
) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    spoil(host, kept.DIRECTORY_PASSWORD, how)
    before = secrets_now(host)
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert row.state == "failed"
    assert "writeback repair" in row.remedy
    with pytest.raises(StepFailed, match="is needed") as needed:
        Account().plan(Target(EXISTING, on(host)))
    assert needed.value.needs == "account_password"
    context = on(host, with_password(CANARY))
    (change,) = Account().plan(Target(EXISTING, context))
    Account().undo(Begun(0, change, None), on(host))
    assert secrets_now(host) == before
    Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)
    for _ in range(2):
        Account().undo(Begun(0, change, {}), on(host))
        assert secrets_now(host) == before


def test_a_new_accounts_password_of_no_use_needs_an_administrator(
    host: Machine,
) -> None:
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret("in force"))
    spoil(host, kept.DIRECTORY_PASSWORD, "read")
    with pytest.raises(StepFailed, match="mode 644") as needed:
        Account().plan(Target(SETTINGS, on(host)))
    assert needed.value.needs == "admin"


def test_a_refused_sign_in_is_a_finding(
    host: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise SignInRefused("dc1.corp.test", "the password is wrong", "give it anew")

    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    monkeypatch.setattr("wizard.directory.sign_in.connect", refused)
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert row.state == "failed"
    assert (row.detail, row.remedy) == ("The password is wrong.", "Give it anew.")


def other_in_force(host: Machine) -> None:
    """An installation with another account, whose password is stored."""
    host.write(host.places.settings, dump(SETTINGS))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))


def test_another_accounts_password_is_not_tried(
    host: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_arguments: object) -> None:
        pytest.fail("a wrong password counts towards a lockout")

    monkeypatch.setattr("wizard.directory.sign_in.connect", connect)
    other_in_force(host)
    with pytest.raises(StepFailed, match=r"password of svc@corp\.test is needed"):
        Account().plan(Target(EXISTING, on(host)))
    account = SETTINGS.directory.account.model_dump() | {"name": "svc-2"}
    other = changed(directory={"account": account})
    with pytest.raises(StepFailed, match=r"password of svc-2@corp\.test is not stored"):
        Account().plan(Target(other, on(host)))
    (row,) = Account().verify(Target(EXISTING, on(host)))
    assert (row.state, row.detail) == (
        "failed",
        "The password of svc@corp.test is not stored here.",
    )


def test_another_accounts_password_comes_back_when_it_is_taken_back(
    host: Machine,
) -> None:
    other_in_force(host)
    context = on(host, with_password("given"))
    (change,) = Account().plan(Target(EXISTING, context))
    made = Account().apply(change, context)
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret("given")
    Account().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.DIRECTORY_PASSWORD) == Secret(CANARY)


class Opened:
    """A directory that let somebody in."""

    def close(self) -> None:
        pass


@pytest.mark.parametrize("cut_off", [False, True])
@pytest.mark.parametrize("answer", ["in", "refused", "silent"])
@pytest.mark.parametrize("installed", [False, True])
def test_a_password_that_was_set_stays_where_an_agent_goes_on_with_it(
    host: Machine,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    *,
    cut_off: bool,
    installed: bool,
) -> None:
    """Whether it was set is asked of the directory, where nothing here tells."""

    def connect(*_arguments: object) -> Opened:
        if answer == "in":
            return Opened()
        kind = SignInRefused if answer == "refused" else Unreachable
        raise kind("dc1.corp.test", "no", "look at it")

    monkeypatch.setattr("wizard.directory.sign_in.connect", connect)
    if installed:
        host.write(host.places.settings, dump(SETTINGS))
    host.secrets.put(PREVIOUS, Secret("of before"))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    directory = SETTINGS.directory.model_dump(mode="json")
    after = {"kind": "new", "directory": directory, "stored": True}
    change = Change("account", "Takes over", {"dn": "CN=svc"}, after)
    made = None if cut_off else {"dn": "CN=svc"}
    if installed and cut_off and answer == "silent":
        with pytest.raises(Unreachable):
            Account().undo(Begun(0, change, made), on(host))
        assert host.secrets.get(PREVIOUS) == Secret("of before")
        return
    Account().undo(Begun(0, change, made), on(host))
    stays = installed and (not cut_off or answer == "in")
    now = Secret(CANARY if stays else "of before")
    for _ in range(2):
        assert host.secrets.get(kept.DIRECTORY_PASSWORD) == now
        assert host.secrets.get(PREVIOUS) is None
        Account().undo(Begun(0, change, made), on(host))


def test_an_agent_whose_password_is_none_now_is_started_anew(host: Machine) -> None:
    host.write(host.places.settings, dump(SETTINGS))
    host.runs = True
    directory = SETTINGS.directory.model_dump(mode="json")
    after = {"kind": "new", "directory": directory, "stored": True}
    change = Change("account", "Takes over", {"dn": "CN=svc"}, after)
    assert resume(on(host), (change,)) == ""
    assert host.did == ["stop", "start", "wait"]


# the enrolment


PORTAL = PrivateKeys.generate().public
CODE = EnrolmentCode(b"s" * 16, fingerprint_digest(PORTAL.jwks())[:16])


class FakeRelay:
    """Answers as a relay would, with the keys it is given."""

    def __init__(self, keys: Any = None) -> None:
        self.portal = {
            "issuer": "https://portal.corp.test",
            "keys": keys or PORTAL.jwks(),
        }
        self.agents: set[str] = set()
        self.addresses: set[str] = set()  # that lead to where the code is known
        self.keys: dict[str, object] = {}
        self.withdrawn: list[tuple[str, str]] = []
        self.fails: RelayFailed | None = None
        self.ahead: float | None = None  # this machine's clock

    def enrol(self, _relay: object, application: Application) -> Mapping[str, Any]:
        if self.fails:
            raise self.fails
        if self.keys.get(application.agent, application.keys) != application.keys:
            raise RelayFailed(409, "Another agent has the name.", "Forget it.")
        self.keys[application.agent] = application.keys
        self.agents.add(application.agent)
        return {
            "connection": application.agent,
            "listen_key_name": "listen",
            "test_key_name": "self-test",
            "portal": self.portal,
        }

    def withdraw(
        self, way: RelayEndpoint, agent: str, _key: Secret, _name: str
    ) -> None:
        if self.fails:
            raise self.fails
        self.withdrawn.append((way.relay.url, agent))
        self.agents.discard(agent)
        self.keys.pop(agent, None)

    def knows(self, way: RelayEndpoint, lookup: str) -> bool:
        assert lookup == CODE.lookup
        return way.relay.url in self.addresses

    def installed(self, monkeypatch: pytest.MonkeyPatch) -> "FakeRelay":
        for module in ("wizard.steps.enrolment", "wizard.enrolment.withdrawal"):
            monkeypatch.setattr(f"{module}.knows", self.knows)
            monkeypatch.setattr(f"{module}.withdraw", self.withdraw)
        monkeypatch.setattr("wizard.steps.enrolment.enrol", self.enrol)
        told = "wizard.steps.enrolment.clock_ahead"
        monkeypatch.setattr(told, lambda _way, _seconds: self.ahead)
        return self


@pytest.fixture
def keyed(host: Machine) -> Machine:
    """A machine with keys."""
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(change, on(host))
    return host


def enrolling(host: Machine, settings: Settings = SETTINGS) -> tuple[Change, Any]:
    context = on(host, Inputs(enrolment_code=Secret(CODE.text)))
    (change,) = EnrolmentStep().plan(Target(settings, context))
    return change, context


def test_an_enrolment_is_made_once(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    assert EnrolmentStep().plan(Target(SETTINGS, on(keyed))) == ()
    (row,) = EnrolmentStep().verify(Target(SETTINGS, on(keyed)))
    assert (row.state, row.detail) == (
        "ok",
        "Takes requests of https://portal.corp.test.",
    )


@pytest.mark.parametrize(
    ("ahead", "told"), [(-3300.0, "55 min behind"), (301.0, "5 min ahead of")]
)
def test_nothing_is_begun_by_a_clock_that_the_relay_would_refuse(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch, ahead: float, told: str
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    relay.ahead = ahead
    with pytest.raises(StepFailed, match=f"clock is {told} the relay's.*Set both"):
        enrolling(keyed)
    relay.ahead = 299.0
    assert enrolling(keyed)


def test_new_keys_are_enrolled_anew(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    keys = Change("keys", "Creates keys", None, {"names": []})
    assert len(EnrolmentStep().plan(Target(SETTINGS, context, (keys,)))) == 1


@pytest.mark.parametrize("lost", ["read", "damaged", "gone"])
@pytest.mark.parametrize("refused", [False, True])
def test_an_agent_that_lost_its_keys_keeps_its_name(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch, lost: str, *, refused: bool
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    stood, text = dict(relay.keys), keyed.read(keyed.places.enrolment)
    if lost == "gone":
        keyed.secrets.remove(kept.AGENT_KEYS)
    else:
        spoil(keyed, kept.AGENT_KEYS, lost)
    keys = Keys().plan(Target(SETTINGS, context))
    (again,) = EnrolmentStep().plan(Target(SETTINGS, context, tuple(keys)))
    for each in keys:
        Keys().apply(each, context)
    if refused:
        relay.fails = RelayFailed(410, "The code has expired.", "Ask for a new one.")
        with pytest.raises(RelayFailed, match="expired"):
            EnrolmentStep().apply(again, context)
        relay.fails = None
        EnrolmentStep().undo(Begun(0, again, None), context)
        assert (relay.keys, relay.withdrawn) == (stood, [])
        assert keyed.read(keyed.places.enrolment) == text
        return
    made = EnrolmentStep().apply(again, context)
    assert relay.withdrawn == [("https://relay.corp.test", "sync-01")]
    assert set(relay.keys) == set(stood)
    assert relay.keys != stood
    EnrolmentStep().undo(Begun(0, again, made), context)
    assert relay.keys == {}


def test_another_agent_keeps_its_name(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    relay.keys = {"sync-01": ["another's"]}
    change, context = enrolling(keyed)
    with pytest.raises(RelayFailed, match="Another agent"):
        EnrolmentStep().apply(change, context)
    assert (relay.keys, relay.withdrawn) == ({"sync-01": ["another's"]}, [])


def test_a_relay_that_slips_in_keys_of_its_own_is_refused(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay(PrivateKeys.generate().public.jwks()).installed(monkeypatch)
    change, context = enrolling(keyed)
    with pytest.raises(StepFailed, match="other portal keys than the code"):
        EnrolmentStep().apply(change, context)
    assert keyed.read(keyed.places.enrolment) is None


@pytest.mark.parametrize("made", [{"listen_key_name": "listen"}, None])
def test_an_enrolment_is_taken_back_also_when_it_was_cut_off(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    assert relay.agents == set()
    assert keyed.read(keyed.places.enrolment) is None


def test_a_relay_that_can_not_be_told_keeps_the_enrolment(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    made = EnrolmentStep().apply(change, context)
    relay.fails = RelayFailed(0, "It did not answer.", "Try again.")
    with pytest.raises(RelayFailed):
        EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    assert keyed.read(keyed.places.enrolment) is not None


def test_moving_to_another_relay_comes_back_to_the_first(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    before = keyed.read(keyed.places.enrolment)
    other = changed(relay={"url": "https://relay2.corp.test"})
    moved, context = enrolling(keyed, other)
    made = EnrolmentStep().apply(moved, context)
    assert keyed.read(keyed.places.enrolment) != before
    EnrolmentStep().undo(Begun(0, moved, made), on(keyed))
    assert keyed.read(keyed.places.enrolment) == before


@pytest.mark.parametrize(
    "parts", [{"relay": {"url": "https://relay2.corp.test"}}, {"agent": "other"}]
)
def test_one_that_moved_is_withdrawn_where_it_was(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch, parts: dict[str, Any]
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    assert (
        OldEnrolment().plan(Target(SETTINGS, context, (change,))) == ()
    )  # it was nowhere
    EnrolmentStep().apply(change, context)
    writing(keyed)
    moved, context = enrolling(keyed, changed(**parts))
    assert moved.after is not None
    assert not moved.after["stood"]
    (leaving,) = OldEnrolment().plan(Target(changed(**parts), context, (moved,)))
    assert leaving.summary == "Withdraws the agent sync-01 from https://relay.corp.test"
    assert leaving.final
    EnrolmentStep().apply(moved, context)
    assert OldEnrolment().apply(leaving, context) == {"told": ""}
    assert relay.withdrawn == [("https://relay.corp.test", "sync-01")]
    relay.fails = RelayFailed(0, "It did not answer.", "Try again.")
    assert "must forget this agent" in str(
        OldEnrolment().apply(leaving, context)["told"]
    )


@pytest.mark.parametrize("opens", [True, False])
def test_one_with_new_keys_is_withdrawn_by_the_old_or_not_at_all(
    keyed: Machine,
    monkeypatch: pytest.MonkeyPatch,
    opens: bool,  # noqa: FBT001 - a parameter
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    writing(keyed)
    if not opens:
        spoil(keyed, kept.LISTEN_KEY, "damaged")
    wanted, context = changed(agent="other"), on(keyed, Inputs(new_keys=True))
    (keys,) = Keys().plan(Target(wanted, context))
    moved = Change("enrolment", "Enrols", None, {})
    (leaving,) = OldEnrolment().plan(Target(wanted, context, (keys, moved)))
    Keys().apply(keys, context)
    said = str(OldEnrolment().apply(leaving, on(keyed))["told"])
    assert bool(relay.withdrawn) is opens
    assert ("must forget this agent" in said) is not opens


def test_one_that_only_calls_its_relay_otherwise_is_never_withdrawn(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, there = FakeRelay().installed(monkeypatch), "https://192.0.2.7:8443"
    relay.addresses = {SETTINGS.relay.url, there}
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    writing(keyed)
    before, wanted = keyed.read(keyed.places.enrolment), changed(relay={"url": there})
    moved, context = enrolling(keyed, wanted)
    (leaving,) = OldEnrolment().plan(Target(wanted, context, (moved,)))
    made = EnrolmentStep().apply(moved, context)
    assert "same relay" in str(OldEnrolment().apply(leaving, on(keyed))["told"])
    EnrolmentStep().undo(Begun(0, moved, made), on(keyed))
    assert relay.withdrawn == []
    assert keyed.read(keyed.places.enrolment) == before
    # one that is to move away from there is another matter
    relay.addresses = {there}
    assert OldEnrolment().apply(leaving, on(keyed)) == {"told": ""}
    assert relay.withdrawn == [(SETTINGS.relay.url, "sync-01")]


def test_one_that_stays_leaves_nothing(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    keys = Change("keys", "Creates keys", None, {"names": []})
    (again,) = EnrolmentStep().plan(Target(SETTINGS, context, (keys,)))
    assert OldEnrolment().plan(Target(SETTINGS, context, (keys, again))) == ()
    assert OldEnrolment().plan(Target(changed(agent="other"), context)) == ()


def test_another_port_of_a_relay_is_another_place(
    keyed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    there = changed(relay={"url": "https://relay.corp.test:8443"})
    change, context = enrolling(keyed, there)
    EnrolmentStep().apply(change, context)
    place = keyed.places.enrolment
    for text in (place.read_text(), place.read_text().replace("portal_keys", "x")):
        place.write_text(text)
        moved, _ = enrolling(keyed)
        assert moved.after is not None
        assert not moved.after["stood"]
    again, _ = enrolling(keyed, there)
    assert again.after is not None
    assert again.after["stood"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (None, "An enrolment code is needed"),
        (Secret("AAAAA-AAAAA"), "^The enrolment code must have 56 .* Type it again"),
    ],
)
def test_a_code_that_is_none_never_gets_to_a_plan(
    keyed: Machine, code: Secret | None, told: str
) -> None:
    with pytest.raises(StepFailed, match=told) as needed:
        EnrolmentStep().plan(Target(SETTINGS, on(keyed, Inputs(enrolment_code=code))))
    assert needed.value.needs == ("" if code else "enrolment_code")


# the settings file


def writing(host: Machine, settings: Settings = SETTINGS) -> Change:
    (change,) = SettingsFile().plan(Target(settings, on(host)))
    SettingsFile().apply(change, on(host))
    return change


def test_settings_are_written_once(host: Machine) -> None:
    writing(host)
    assert parse(host.places.settings.read_text()) == SETTINGS
    assert SettingsFile().plan(Target(SETTINGS, on(host))) == ()


def test_a_file_with_comments_that_says_the_same_is_kept(host: Machine) -> None:
    host.write(host.places.settings, "# ours\n" + dump(SETTINGS))
    assert SettingsFile().plan(Target(SETTINGS, on(host))) == ()


def test_the_file_before_comes_back_to_the_letter(host: Machine) -> None:
    before = "# ours\n" + dump(SETTINGS)
    host.write(host.places.settings, before)
    change = writing(host, changed(identify_by="mail"))
    SettingsFile().undo(Begun(0, change, {}), on(host))
    SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.places.settings.read_text() == before


def test_a_file_that_was_edited_since_is_left(host: Machine) -> None:
    change = writing(host)
    host.write(host.places.settings, "mine")
    with pytest.raises(StepFailed, match="changed by somebody else since"):
        SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.places.settings.read_text() == "mine"


@pytest.mark.parametrize(
    ("parts", "summary"),
    [
        (
            {"features": {"password_writeback": False}},
            "Turns password writeback off in the settings file",
        ),
        (
            {"limits": {"per_minute": 30}},
            "Changes the settings file: limits.per_minute: 120 becomes 30",
        ),
    ],
)
def test_a_plan_says_what_becomes_of_the_settings(
    host: Machine, parts: dict[str, Any], summary: str
) -> None:
    writing(host)
    (change,) = SettingsFile().plan(Target(changed(**parts), on(host)))
    assert change.summary == summary


def test_differences_are_told_by_path() -> None:
    new = changed(scope={"pilot_group": None}, identify_by="mail")
    assert differences(SETTINGS, new) == (
        "scope.pilot_group: CN=Pilot,OU=Groups,DC=corp,DC=test becomes none",
        "identify_by: userPrincipalName becomes mail",
    )


def test_what_was_edited_by_hand_is_told_and_taken_over(host: Machine) -> None:
    writing(host)
    seal(host)
    assert drift(on(host)) == ()
    edited = changed(identify_by="mail")
    text = "# our own note\n" + dump(edited)
    host.write(host.places.settings, text)
    assert drift(on(host)) == ("identify_by: userPrincipalName becomes mail",)
    (row,) = SettingsFile().verify(Target(edited, on(host)))
    assert (row.state, "identify_by" in row.detail) == ("warning", True)
    (change,) = SettingsFile().plan(Target(edited, on(host)))
    assert "Takes over what was edited by hand" in change.summary
    SettingsFile().apply(change, on(host))
    # taken as it is: the note too; and taking it back leaves the file alone
    assert host.read(host.places.settings) == text
    SettingsFile().undo(Begun(0, change, {}), on(host))
    assert host.read(host.places.settings) == text


def of_newer(text: str) -> str:
    return text.replace("version: 1", "version: 2")


def test_versions_go_down_up_and_down_again(host: Machine) -> None:
    step, place = SettingsFile(), host.places.settings
    kept_as = kept_name(place, 2)
    texts = [of_newer(dump(SETTINGS)), of_newer(dump(changed(identify_by="mail")))]
    for text in (*texts, texts[-1]):
        host.write(place, text)  # as the newer program left it
        before = host.read(kept_as)
        changes = step.plan(Target(SETTINGS, on(host)))
        for change in changes:
            step.apply(change, on(host))
        assert parse(place.read_text()) == SETTINGS
        assert kept_as.read_text() == text
        assert len(changes) == (1 if before == text else 2)
        for change in reversed(changes):
            step.undo(Begun(0, change, {}), on(host))
        assert (host.read(place), host.read(kept_as)) == (text, before)
        for change in changes:
            step.apply(change, on(host))


def test_an_agent_that_runs_with_other_settings_reads_them_anew(host: Machine) -> None:
    host.runs = True
    host.status = {"settings": digest(SETTINGS)}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    (change,) = ServiceStep().plan(Target(changed(identify_by="mail"), on(host)))
    assert change.step == "service"


def seal(host: Machine) -> None:
    """Have a sealed journal tell of the settings that are there now."""
    text = host.read(host.places.settings)
    begun = journal.begin(host.places.journal)
    begun.intend(0, Change("settings", "Writes", None, {"text": text}))
    begun.did(0, {})
    begun.seal()


# the service


def test_a_service_that_runs_is_left_when_it_reads_nothing_new(host: Machine) -> None:
    host.runs = True
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    grants = Change("grants", "Grants", None, {})
    assert ServiceStep().plan(after(SETTINGS, on(host), grants)) == ()


def test_a_service_is_restarted_for_what_it_reads(host: Machine) -> None:
    host.runs = True
    settings = Change("settings", "Writes", None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Restarts the agent")
    ServiceStep().apply(change, on(host))
    assert host.did == ["stop", "start", "wait"]


def test_a_new_agent_takes_over_where_only_files_changed(host: Machine) -> None:
    host.runs = host.gapless = True
    settings = Change("settings", "Writes", None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Has a new agent take over")
    ServiceStep().apply(change, on(host))
    assert host.did == ["reload"]
    # taken back: what it reads comes later, and one that reads that takes over then
    ServiceStep().undo(Begun(0, change, {}), on(host))
    assert host.did == ["reload"]
    writing(host)
    assert resume(on(host), (change,)) == ""
    assert host.did == ["reload", "reload", "start", "wait"]


def test_one_that_never_got_ready_is_restarted(host: Machine) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False}
    settings = Change("settings", "Mends the proxy", None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), settings))
    assert change.summary.startswith("Restarts the agent")


def test_one_that_took_over_with_other_settings_is_a_failure(host: Machine) -> None:
    host.runs = host.gapless = True
    (change,) = ServiceStep().plan(
        after(SETTINGS, on(host), Change("settings", "Writes", None, {}))
    )
    host.status = {"settings": digest(changed(identify_by="mail"))}
    with pytest.raises(StepFailed, match="other settings"):
        ServiceStep().apply(change, on(host))
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"


def test_one_that_an_upgrade_had_asked_for_before_is_not_the_last(
    host: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.runs = host.gapless = True
    (change,) = ServiceStep().plan(
        after(SETTINGS, on(host), Change("settings", "Writes", None, {}))
    )
    read = [digest(changed(identify_by="mail")), digest(SETTINGS)]

    def take_over(_seconds: float) -> None:
        host.status = {"settings": read.pop(0)}

    monkeypatch.setattr(host, "take_over", take_over)
    ServiceStep().apply(change, on(host))
    assert read == []


def test_an_old_program_that_goes_on_is_told_and_replaced(host: Machine) -> None:
    host.runs = host.gapless = True
    host.status = {"version": "0.0.9"}
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert (row.state, f"0.0.9 runs and {VERSION} is installed" in row.detail) == (
        "warning",
        True,
    )
    assert "writeback repair" in row.remedy
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Has a new agent take over")
    assert f"{VERSION} is installed" in change.summary
    host.gapless = False
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Restarts the agent")
    host.status = {"version": VERSION}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    assert ServiceStep().verify(Target(SETTINGS, on(host)))[0].state == "ok"


def test_one_that_waits_for_its_relay_is_left_trying(host: Machine) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False, "relay": {"state": "down", "reason": "it is away"}}
    assert ServiceStep().plan(Target(SETTINGS, on(host))) == ()
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert "Relay: it is away." in row.detail
    assert "by itself" in row.remedy
    settings = Change("settings", "Mends the relay", None, {})
    assert len(ServiceStep().plan(after(SETTINGS, on(host), settings))) == 1


def test_one_that_is_not_ready_is_started_anew(host: Machine) -> None:
    host.runs = host.gapless = True
    host.status = {"ready": False}
    (row,) = ServiceStep().verify(Target(SETTINGS, on(host)))
    assert (row.state, row.detail) == ("failed", "It is not ready.")
    (change,) = ServiceStep().plan(Target(SETTINGS, on(host)))
    assert change.summary.startswith("Restarts the agent")
    ServiceStep().apply(change, on(host))
    assert host.did == ["stop", "start", "wait"]


def test_keys_stay_while_the_relay_knows_them(host: Machine) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    begun = journal.begin(host.places.journal)
    begun.intend(0, change)
    enrols = Change("enrolment", "Enrols", None, {})
    begun.intend(1, enrols)
    context = replace(on(host), plan_id=begun.id)
    made = Keys().apply(change, context)
    with pytest.raises(StepFailed, match="withdraw"):
        Keys().undo(Begun(0, change, made), context)
    assert host.secrets.get(kept.LISTEN_KEY) is not None
    begun.undid(1)
    Keys().undo(Begun(0, change, made), context)
    assert host.secrets.get(kept.LISTEN_KEY) is None


@pytest.mark.parametrize("step", ["keys", "account", "unit"])
def test_what_systemd_gives_at_a_start_needs_one(host: Machine, step: str) -> None:
    host.runs = host.gapless = True
    given = Change(step, "Writes", None, {})
    (change,) = ServiceStep().plan(after(SETTINGS, on(host), given))
    assert change.summary.startswith("Restarts the agent")


def test_what_a_roll_back_brought_back_runs_again(host: Machine) -> None:
    assert resume(on(host), ()) == ""
    assert host.did == []
    writing(host)
    host.fails = "The agent was not ready."
    assert resume(on(host), ()) == host.fails
    assert host.runs


def test_a_copy_has_no_agent_that_served_before(
    host: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing(host)
    host.fails = "It was made on another machine."
    monkeypatch.setattr(Context, "is_copy", True)
    assert resume(on(host), ()) == ""
    assert host.did == []
