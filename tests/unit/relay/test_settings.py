"""The relay's settings, and what is told of those that can't be used."""

from pathlib import Path

import pytest

from relay.cli.main import main
from relay.errors import RelayUnusable
from relay.settings import read_settings, settings_of

GOOD = {"name": "Relay.Example.COM", "certificate": "/c.pem", "key": "/k.pem"}


def test_what_is_not_said_has_a_default() -> None:
    settings = settings_of(dict(GOOD), "x")
    assert settings.name == "relay.example.com"
    assert (settings.listen, settings.agent_listeners) == ("[::]:443", 4)
    assert settings.metrics is None


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("name", "no name", "must be a DNS name"),
        ("name", "a\x1b[31m", "must be a DNS name"),
        ("listen", "443", "must be HOST:PORT"),
        ("listen", "::1", "must be HOST:PORT"),
        ("metrics", "0.0.0.0:9469", "must be an address of this machine alone"),
        ("agent_listeners", 26, "less than or equal to 25"),
        ("agent_listeners", 0, "greater than or equal to 1"),
        ("colour", "blue", "not permitted"),
    ],
)
def test_a_wrong_setting_is_named_with_its_rule(
    name: str, value: object, rule: str
) -> None:
    with pytest.raises(RelayUnusable, match=rf"^f\.yaml: {name}: .*{rule}"):
        settings_of(GOOD | {name: value}, "f.yaml")


@pytest.mark.parametrize("text", ["[", "- a", "", "a: b: c", "\x00"])
def test_a_file_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "relay.yaml"
    path.write_text(text)
    with pytest.raises(RelayUnusable, match=r"relay\.yaml"):
        read_settings(path)


def test_serve_without_settings_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(["setup", "--only-data", "--data", str(data)]) == 0
    missing = tmp_path / "relay.yaml"
    words = ["serve", "--data", str(data), "--settings", str(missing)]
    assert main(words) == 1
    assert "writeback-relay setup" in capsys.readouterr().err
