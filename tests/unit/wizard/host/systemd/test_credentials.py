"""Secrets on a server: sealed by systemd-creds, or files that only root can read."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.config import secret_store as secrets
from agent.config.secret_store import LISTEN_KEY, PROXY_PASSWORD, SecretsUnavailable
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.keys import PrivateKeys
from wire.secret import Secret
from wizard.host.interface import UnitFiles
from wizard.host.stored_secrets import PAIRS
from wizard.host.systemd import credentials
from wizard.host.systemd.credentials import SystemCredentials
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Change, Context
from wizard.plan.step import Step, Target, plan
from wizard.steps.keys import PREVIOUS, Keys
from wizard.steps.sealed_secrets import PlainFiles, SealedSecrets
from wizard.steps.service_unit import ServiceUnit

# the settings here name no user of a proxy
NAMES = tuple(name for name in secrets.NAMES if name != PROXY_PASSWORD)
NAME = NAMES[0]
GIVEN = NAMES[:3]
PLAIN = pytest.param(False, id="plain")
SEALED = pytest.param(
    True,
    id="sealed",
    marks=pytest.mark.skipif(
        shutil.which("systemd-creds") is None, reason="systemd-creds is not there"
    ),
)
both_ways = pytest.mark.parametrize("seals", [PLAIN, SEALED])
sealed_only = pytest.mark.parametrize("seals", [SEALED])


@pytest.fixture(autouse=True)
def _a_key_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the machine's own key alone."""
    key = str(tmp_path / "credential.secret")
    monkeypatch.setitem(credentials._ENVIRONMENT, "SYSTEMD_CREDENTIAL_SECRET", key)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "etc/credentials"


@pytest.fixture
def kept(folder: Path, seals: bool) -> SystemCredentials:  # noqa: FBT001 - a parameter
    return SystemCredentials(folder, seals=seals)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*")}


@both_ways
def test_a_secret_comes_back_and_is_forgotten(
    kept: SystemCredentials, folder: Path
) -> None:
    assert kept.get(NAME) is None
    for text in ("first", CANARY):
        kept.put(NAME, Secret(text))
        assert kept.get(NAME) == Secret(text)
    assert len(files(folder)) == 1
    kept.remove(NAME)
    kept.remove(NAME)
    assert kept.get(NAME) is None
    assert not folder.exists()


@both_ways
def test_only_its_owner_may_read_it(kept: SystemCredentials, folder: Path) -> None:
    kept.put(NAME, Secret(CANARY))
    (file,) = folder.iterdir()
    assert [p.stat().st_mode & 0o777 for p in (file, folder)] == [0o600, 0o700]
    file.chmod(0o640)
    with pytest.raises(SecretsUnavailable, match="mode 640") as refused:
        kept.get(NAME)
    assert CANARY not in str(refused.value)
    kept.put(NAME, Secret("new"))
    assert kept.get(NAME) == Secret("new")


@both_ways
def test_a_damaged_secret_is_told_and_never_quoted(
    kept: SystemCredentials, folder: Path
) -> None:
    kept.put(NAME, Secret(CANARY))
    (file,) = folder.iterdir()
    file.write_bytes(b"\xff" + CANARY.encode())
    with pytest.raises(SecretsUnavailable) as refused:
        kept.get(NAME)
    assert CANARY not in str(refused.value)


@both_ways
def test_a_unit_is_given_it_by_its_whole_path(
    kept: SystemCredentials, folder: Path
) -> None:
    kept.put(NAME, Secret(CANARY))
    (file,) = folder.iterdir()
    kind, _, rest = kept.option(NAME).partition("=")
    assert rest == f"{NAME}:{file}"
    sealed = file.suffix == ".cred"
    assert kind == ("LoadCredentialEncrypted" if sealed else "LoadCredential")
    assert (CANARY.encode() in file.read_bytes()) is not sealed


@sealed_only
def test_a_secret_sealed_under_another_name_does_not_open(
    kept: SystemCredentials,
) -> None:
    kept.put("other", Secret(CANARY))
    kept.place("other").rename(kept.place(NAME))
    with pytest.raises(SecretsUnavailable, match=NAME):
        kept.get(NAME)
    copied = SystemCredentials(kept.folder, seals=True, is_copy=lambda: True)
    assert copied.get(NAME) is None


@sealed_only
def test_what_an_older_systemd_left_is_found_and_sealed(
    kept: SystemCredentials, folder: Path
) -> None:
    old = SystemCredentials(folder, seals=False)
    for name in NAMES[:2]:
        old.put(name, Secret(CANARY))
    assert kept.get(NAME) == Secret(CANARY)
    assert kept.unsealed() == NAMES[:2]
    (folder / NAME).chmod(0o644)  # to be replaced, not to be sealed
    assert kept.unsealed() == NAMES[1:2]
    kept.put(NAME, Secret("new"))
    assert kept.unsealed() == NAMES[1:2]
    kept.seal(NAMES[1])
    kept.seal(NAMES[1])
    assert (kept.get(NAME), kept.get(NAMES[1])) == (Secret("new"), Secret(CANARY))
    assert kept.in_plain() == NAMES[:2]
    for name in kept.in_plain():
        kept.keep_plain(name, kept=False)
        kept.keep_plain(name, kept=False)
    assert kept.in_plain() == ()
    assert not any(CANARY.encode() in content for content in files(folder).values())
    assert (kept.unsealed(), old.unsealed()) == ((), ())
    kept.unseal(NAMES[1])
    kept.unseal(NAMES[1])
    assert old.get(NAMES[1]) == kept.get(NAMES[1]) == Secret(CANARY)
    kept.remove(NAMES[1])
    assert kept.get(NAMES[1]) is None


@sealed_only
def test_what_is_of_no_use_comes_back_as_it_was(
    kept: SystemCredentials, folder: Path
) -> None:
    """Sealed, or in a plain file that was not sealed as others could read it."""
    old = SystemCredentials(folder, seals=False)
    kept.put(NAMES[0], Secret(CANARY))
    old.put(NAMES[1], Secret(CANARY))
    kept.place(NAMES[0]).chmod(0o644)
    old.place(NAMES[1]).chmod(0o644)
    before = {path: path.stat().st_mode for path in folder.iterdir()}
    for name in NAMES[:2]:
        kept.copy(name, f"{name}-previous")
        kept.put(name, Secret("new"))
        kept.copy(f"{name}-previous", name)
        assert kept.holds(f"{name}-previous")
        kept.remove(f"{name}-previous")
        assert kept.holds(name)
        with pytest.raises(SecretsUnavailable, match="mode 644"):
            kept.get(name)
    assert {path: path.stat().st_mode for path in folder.iterdir()} == before
    kept.place(NAMES[0]).chmod(0o600)
    assert kept.get(NAMES[0]) == Secret(CANARY)


# the step


STEPS: tuple[Step, ...] = (SealedSecrets(), Keys(), ServiceUnit(), PlainFiles())


class DropInStage(UnitFiles):
    """A drop-in with some options, of a service that starts with the machine."""

    enabled = True

    def __init__(self, texts: dict[Path, str]) -> None:
        self.texts = texts

    def files(self, secrets: Sequence[str]) -> dict[Path, str]:
        return self.texts

    def enable(self, *, enabled: bool) -> None:
        """Leave it enabled."""


class Upgraded(FakeHost):
    """A server whose systemd can seal by now; its agent is there after each act."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.secrets = self.kept = SystemCredentials(self.places.secrets, seals=True)
        self.drop_in = home / "10-credentials.conf"
        self.sealing = self
        self.unit = DropInStage({self.drop_in: "\n".join(map(self.kept.option, GIVEN))})

    def unsealed(self) -> tuple[str, ...]:
        return self.kept.unsealed()

    def seal(self, name: str) -> None:
        self.kept.seal(name)
        self.can_start()

    def unseal(self, name: str) -> None:
        self.kept.unseal(name)
        self.can_start()

    def in_plain(self) -> tuple[str, ...]:
        return self.kept.in_plain()

    def keep_plain(self, name: str, *, kept: bool) -> None:
        self.kept.keep_plain(name, kept=kept)
        self.can_start()

    def write(self, path: Path, text: str) -> None:
        super().write(path, text)
        self.can_start()

    def can_start(self) -> None:
        """As systemd does: what the drop-in names is there, and opens."""
        for option in self.drop_in.read_text().splitlines():
            kind, _, rest = option.partition("=")
            name, _, place = rest.partition(":")
            # whoever may read a plain file is no matter to it
            assert Path(place).read_bytes(), option
            if kind == "LoadCredentialEncrypted":
                assert self.kept.get(name)


@pytest.fixture
def upgraded(tmp_path: Path) -> Context:
    host = Upgraded(tmp_path)
    old = SystemCredentials(host.places.secrets, seals=False)
    for name in NAMES:
        pair = PrivateKeys.generate().secret()
        old.put(name, pair if name in PAIRS else Secret(CANARY))
    host.drop_in.write_text("\n".join(map(old.option, GIVEN)))
    return on(host)


@sealed_only
def test_a_system_that_can_seal_by_now_is_told_and_seals(
    upgraded: Context,
    seals: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert seals
    folder = upgraded.host.places.secrets
    (row,) = SealedSecrets().verify(Target(SETTINGS, upgraded))
    assert (row.state, NAMES[0] in row.detail) == ("warning", True)
    changes = plan(STEPS, SETTINGS, upgraded)
    assert [change.step for change in changes] == ["sealing", "unit", "plain"]
    for change in changes:
        step_of(change).apply(change, upgraded)
    assert set(files(folder)) == {f"{name}.cred" for name in NAMES}
    assert plan(STEPS, SETTINGS, upgraded) == ()
    assert SealedSecrets().verify(Target(SETTINGS, upgraded)) == ()


def step_of(change: Change) -> Step:
    return next(step for step in STEPS if step.name == change.step)


@sealed_only
@pytest.mark.parametrize("inputs", [Inputs(), Inputs(new_keys=True)])
def test_wherever_sealing_is_cut_off_the_agent_can_start(
    upgraded: Context,
    inputs: Inputs,
    seals: bool,  # noqa: FBT001 - a parameter
) -> None:
    """On the way, and on the way back from anywhere; then all is as it was."""
    assert seals
    host = upgraded.host
    assert isinstance(host, Upgraded)
    context = on(host, inputs)
    folder, drop_in = host.places.secrets, host.drop_in
    before = (files(folder), host.read(drop_in))
    changes = plan(STEPS, SETTINGS, context)
    for made in range(len(changes) + 1):
        for change in changes[:made]:
            step_of(change).apply(change, context)
        for _ in range(2):
            for change in reversed(changes[: made + 1]):  # one that was only begun too
                step_of(change).undo(Begun(0, change, None), context)
            assert (files(folder), host.read(drop_in)) == before


@sealed_only
def test_a_plain_file_that_others_could_read_goes_when_it_was_replaced(
    upgraded: Context,
    seals: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert seals
    folder = upgraded.host.places.secrets
    (folder / LISTEN_KEY).chmod(0o644)
    for change in plan(STEPS, SETTINGS, upgraded):
        step_of(change).apply(change, upgraded)
    for name in PREVIOUS:
        upgraded.host.secrets.remove(name)
    assert set(files(folder)) == {f"{name}.cred" for name in NAMES}


class Copied(FakeHost):
    """A copy of a server: what the original sealed is there and does not open."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.is_copied = True
        self.secrets = self.kept = SystemCredentials(
            self.places.secrets, seals=True, is_copy=lambda: self.is_copied
        )


@sealed_only
def test_a_copy_is_removed_with_the_secrets_that_it_can_not_open(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seals: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert seals
    host = Copied(tmp_path)
    monkeypatch.setattr(Context, "is_copy", property(lambda _: host.is_copied))
    host.secrets.put("another", Secret(CANARY))
    for name in (NAME, f"{NAME}-previous"):
        shutil.copy(host.kept.place("another"), host.kept.place(name))
    host.secrets.remove("another")
    assert host.secrets.get(NAME) is None
    (change,) = Keys().plan_removal(on(host))
    Keys().apply(change, on(host))
    assert not host.places.secrets.exists()
    host.is_copied = False  # the enrolment goes before
    assert Keys().plan_removal(on(host)) == ()


def test_where_nothing_can_be_sealed_nothing_is_planned(tmp_path: Path) -> None:
    context = on(FakeHost(tmp_path))
    assert SealedSecrets().plan(Target(SETTINGS, context)) == ()
    assert SealedSecrets().verify(Target(SETTINGS, context)) == ()
