"""What an installation has on its disk, for tests of single steps."""

from typing import Any

from agent.config import secret_store as kept
from agent.config.settings import Settings
from agent.config.settings_file import validate
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.plan import journal
from wizard.plan.change import Change
from wizard.plan.step import Target
from wizard.steps.settings_file import SettingsFile


def changed(**parts: Any) -> Settings:
    """The settings with some parts replaced, one level deep."""
    plain = SETTINGS.model_dump(mode="json")
    for name, part in parts.items():
        plain[name] = plain[name] | part if isinstance(part, dict) else part
    return validate(plain)


def spoil(host: FakeHost, name: str, how: str) -> None:
    """Have others be able to read a secret, or damage it."""
    path = host.places.secrets / f"{kept.SERVICE}.{name}"
    if how == "read":
        path.chmod(0o644)
    else:
        path.write_bytes(b"\xff")


def secrets_now(host: FakeHost) -> dict[str, tuple[int, bytes]]:
    """Give the mode and content of each file of the secret store."""
    return {
        path.name: (path.stat().st_mode, path.read_bytes())
        for path in host.places.secrets.iterdir()
    }


def writing(host: FakeHost, settings: Settings = SETTINGS) -> Change:
    (change,) = SettingsFile().plan(Target(settings, on(host)))
    SettingsFile().apply(change, on(host))
    return change


def seal(host: FakeHost) -> None:
    """Have a sealed journal tell of the settings that are there now."""
    text = host.read(host.places.settings)
    begun = journal.begin(host.places.journal)
    begun.intend(0, Change("settings", Text("Writes"), None, {"text": text}))
    begun.did(0, {})
    begun.seal()
