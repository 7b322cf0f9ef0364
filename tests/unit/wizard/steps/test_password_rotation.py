"""The account's password is replaced: cut off anywhere, one of the two lets in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from agent.config import secret_store as kept
from agent.config import settings_file
from agent.config.settings import DirectorySettings
from agent.ldap.entry import Modification
from agent.ldap.errors import DirectoryError, SignInRefused
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.secret import Secret
from wire.text import Text
from wizard.inputs import AdminCredentials, Inputs, Rotation
from wizard.plan.change import Begun, Change, Context, NothingDone, StepFailed
from wizard.plan.step import Target
from wizard.steps.keys import NEXT_PASSWORD, Keys
from wizard.steps.password_rotation import PasswordRotation

DN = "CN=svc-writeback,CN=Users,DC=corp,DC=test"
ADMIN = AdminCredentials("administrator@corp.test", Secret("Admin-Passw0rd!"))


@dataclass
class Directory:
    """A directory that has one account, and counts who was not let in."""

    password: str = CANARY
    wrong: int = 0
    refuses: int | None = None
    locked: bool = False
    lags: str = ""  # what a controller that has not heard of a change still takes
    had: list[str] = field(default_factory=list)
    host: str = "dc1.corp.test"

    def open_first(
        self, _settings: DirectorySettings, user: str, password: Secret
    ) -> "Directory":
        known = self.lags or self.password
        own = ADMIN.password.reveal() if user == ADMIN.user else known
        if self.locked or password.reveal() != own:
            self.wrong += 1
            refused = Text("the password is wrong"), Text("give the right one")
            raise SignInRefused(self.host, *refused)
        return self

    def modify(
        self, dn: str, changes: tuple[Modification, ...], _controls: object = ()
    ) -> None:
        assert dn == DN
        if self.refuses is not None:
            what = Text("it is too young")
            raise DirectoryError(self.host, what, Text("wait"), self.refuses)
        spelled = [change.values[0].decode("utf-16-le")[1:-1] for change in changes]
        if len(changes) == 2:  # a change proves the old one
            assert spelled[0] == self.password
        self.had.append(self.password)
        assert spelled[-1] not in self.had
        self.password = spelled[-1]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Directory:
    made = Directory()
    module = "wizard.steps.password_rotation"
    monkeypatch.setattr(f"{module}.open_first", made.open_first)
    monkeypatch.setattr("wizard.directory.sign_in.open_first", made.open_first)
    monkeypatch.setattr(f"{module}._dn", lambda _opened, _settings: DN)
    return made


@pytest.fixture
def host(host: FakeHost) -> FakeHost:
    host.write(host.places.settings, settings_file.dump(SETTINGS))
    host.secrets.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    return host


def context_of(host: FakeHost, admin: AdminCredentials | None = None) -> Context:
    return on(host, Inputs(admin, rotation=Rotation(password=True)))


def planned(host: FakeHost) -> Change:
    (change,) = PasswordRotation().plan(Target(SETTINGS, context_of(host)))
    return change


def stored(host: FakeHost) -> str:
    secret = host.secrets.get(kept.DIRECTORY_PASSWORD)
    return "" if secret is None else secret.reveal()


def test_the_new_one_is_proven_and_stored(host: FakeHost, directory: Directory) -> None:
    PasswordRotation().apply(planned(host), context_of(host))
    assert stored(host) == directory.password != CANARY
    assert len(stored(host)) == 40
    assert not host.secrets.holds(NEXT_PASSWORD)
    assert directory.wrong == 0


def test_an_administrator_replaces_it_where_a_policy_forbids(
    host: FakeHost, directory: Directory
) -> None:
    PasswordRotation().apply(planned(host), context_of(host, ADMIN))
    assert stored(host) == directory.password != CANARY


def test_a_refusal_leaves_the_old_one_and_says_why(
    host: FakeHost, directory: Directory
) -> None:
    directory.refuses = 19
    with pytest.raises(NothingDone, match="too young") as refused:
        PasswordRotation().apply(planned(host), context_of(host))
    assert "administrator" in refused.value.remedy
    assert stored(host) == directory.password == CANARY
    # one that the directory does not know is never tried
    directory.refuses = None
    PasswordRotation().apply(planned(host), context_of(host))
    assert directory.wrong == 0


@contextmanager
def cut_off(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool
) -> Iterator[None]:
    """Have a process die at a call, before or after what it does."""
    original: Callable[..., Any] = getattr(owner, name)

    def dies(*arguments: Any) -> Any:
        if after:
            original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, dies)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["modify", "put", "remove"])
def test_who_is_cut_off_goes_on(
    host: FakeHost,
    directory: Directory,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    after: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    owner = directory if name == "modify" else host.secrets
    change = planned(host)
    with cut_off(monkeypatch, owner, name, after=after):
        PasswordRotation().apply(change, context_of(host))
    following = host.secrets.get(NEXT_PASSWORD)
    known = {stored(host), following.reveal() if following else ""}
    assert directory.password in known
    PasswordRotation().apply(change, context_of(host))
    assert stored(host) == directory.password != CANARY
    assert not host.secrets.holds(NEXT_PASSWORD)
    # a wrong one is tried once at most: where nobody knows whether it was learned
    assert directory.wrong <= 1


def test_a_new_one_that_does_not_let_in_is_not_stored(
    host: FakeHost, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A controller that says yes and does nothing."""
    monkeypatch.setattr(directory, "modify", lambda *_: None)
    with pytest.raises(StepFailed, match="is not accepted"):
        PasswordRotation().apply(planned(host), context_of(host))
    assert stored(host) == directory.password == CANARY


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("name", ["modify", "put", "remove"])
def test_a_plan_that_is_taken_back_leaves_the_one_that_lets_in(
    host: FakeHost,
    directory: Directory,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    after: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    owner = directory if name == "modify" else host.secrets
    change = planned(host)
    with cut_off(monkeypatch, owner, name, after=after):
        PasswordRotation().apply(change, context_of(host))
    begun = Begun(0, change, None)
    for _ in range(2):
        PasswordRotation().undo(begun, context_of(host))
        assert stored(host) == directory.password
    assert directory.wrong <= 2
    PasswordRotation().apply(planned(host), context_of(host))
    assert stored(host) == directory.password
    assert not host.secrets.holds(NEXT_PASSWORD)


def learned(
    host: FakeHost, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> Change:
    """Be cut off when the directory has just learned the new one."""
    change = planned(host)
    with cut_off(monkeypatch, directory, "modify", after=True):
        PasswordRotation().apply(change, context_of(host))
    assert stored(host) == CANARY != directory.password
    return change


def test_of_a_locked_account_no_password_is_given_up(
    host: FakeHost, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can lock it, with wrong passwords: a right one is refused then, too."""
    change = learned(host, directory, monkeypatch)
    directory.locked = True
    begun = Begun(0, change, None)
    with pytest.raises(SignInRefused):
        PasswordRotation().apply(change, context_of(host))
    with pytest.raises(SignInRefused):
        PasswordRotation().apply(change, context_of(host, ADMIN))
    with pytest.raises(StepFailed, match="both are kept") as none:
        PasswordRotation().undo(begun, context_of(host))
    assert CANARY not in str(none.value)
    directory.locked = False
    PasswordRotation().undo(begun, context_of(host))
    assert stored(host) == directory.password != CANARY


def test_a_controller_that_lags_gives_no_password_up(
    host: FakeHost, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = learned(host, directory, monkeypatch)
    directory.lags = CANARY
    PasswordRotation().undo(Begun(0, change, None), context_of(host))
    assert stored(host) == CANARY
    directory.lags = ""
    PasswordRotation().apply(change, context_of(host))
    assert stored(host) == directory.password != CANARY


def test_a_proof_that_fails_gives_no_password_up(
    host: FakeHost, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controller that took it is gone, and another has not heard of it."""
    modify = directory.modify

    def falls_behind(*arguments: Any) -> None:
        modify(*arguments)
        directory.lags = CANARY

    monkeypatch.setattr(directory, "modify", falls_behind)
    change = planned(host)
    with pytest.raises(StepFailed, match="both are kept"):
        PasswordRotation().apply(change, context_of(host))
    PasswordRotation().undo(Begun(0, change, None), context_of(host))
    directory.lags = ""
    PasswordRotation().apply(change, context_of(host))
    assert stored(host) == directory.password != CANARY


def test_one_that_is_refused_again_is_not_ordered_for_ever(
    host: FakeHost, directory: Directory
) -> None:
    """One of an earlier run that the directory has had since, as its history tells."""
    host.secrets.put(NEXT_PASSWORD, Secret("Had-Before-1!"))
    directory.refuses = 19
    with pytest.raises(NothingDone, match="too young"):
        PasswordRotation().apply(planned(host), context_of(host))
    directory.refuses = None
    PasswordRotation().apply(planned(host), context_of(host))
    assert stored(host) == directory.password not in (CANARY, "Had-Before-1!")


def test_a_plan_names_no_password(host: FakeHost, directory: Directory) -> None:
    change = planned(host)
    PasswordRotation().apply(change, context_of(host))
    for password in (CANARY, stored(host)):
        assert password not in repr(change.as_dict())


def test_nothing_is_planned_unless_it_is_wished(host: FakeHost) -> None:
    assert PasswordRotation().plan(Target(SETTINGS, on(host))) == ()


def test_a_removal_destroys_one_that_was_not_finished(host: FakeHost) -> None:
    host.secrets.put(NEXT_PASSWORD, Secret(CANARY))
    (change,) = Keys().plan_removal(on(host))
    Keys().apply(change, on(host))
    assert not host.secrets.holds(NEXT_PASSWORD)
