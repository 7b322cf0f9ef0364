"""The settings file: each wrong value is named with its field and its rule."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.errors import PortalUnusable
from portal.settings import read_settings, settings_of

GOOD: dict[str, Any] = {
    "base_url": "https://portal.contoso.test",
    "organization": "Contoso",
    "issuer": "https://portal.contoso.test",
    "relays": [{"id": "main", "url": "https://relay.test", "send_key_name": "c"}],
    "agents": [
        {"name": "srv1", "relay": "main", "fingerprint": "ab" * 32, "domain": "c"}
    ],
}


def _provider(**changed: object) -> dict[str, Any]:
    good = {"issuer": "https://id.test", "client_id": "portal", "name": "Contoso ID"}
    return {"identity_provider": good | changed}


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "portal.yaml"
    file.write_text(yaml.safe_dump(GOOD))
    settings = read_settings(file)
    assert (settings.host, settings.domains) == ("portal.contoso.test", ("c",))


def test_relays_and_agents_come_after_the_statement_that_is_made_of_the_rest() -> None:
    first = {key: GOOD[key] for key in GOOD if key not in ("relays", "agents")}
    assert settings_of(first, "x").domains == ()


def test_a_fingerprint_is_read_as_people_compare_it() -> None:
    spelled = " ".join(["ABAB"] * 16)
    agent = GOOD["agents"][0] | {"fingerprint": spelled}
    settings = settings_of(GOOD | {"agents": [agent]}, "x")
    assert settings.agents[0].fingerprint == "ab" * 32


def test_the_port_of_https_is_left_out_as_browsers_do() -> None:
    settings = settings_of(GOOD | {"base_url": "https://Portal.test:443"}, "x")
    assert (settings.base_url, settings.host) == ("https://portal.test", "portal.test")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"base_url": "http://portal.test"}, "base_url: 'http://portal.test' must be"),
        ({"base_url": "https://portal.test/path"}, "must be https://HOST"),
        ({"base_url": "https://user@portal.test"}, "must be https://HOST"),
        ({"organization": ""}, "organization: "),
        ({"organization": None}, "organization: "),
        ({"issuer": "contoso"}, "issuer: must be a URI"),
        ({"listen": "8480"}, "listen: '8480' must be HOST:PORT"),
        ({"agents": [GOOD["agents"][0]] * 2}, "one fingerprint is given twice"),
        ({"agents": [GOOD["agents"][0] | {"relay": "no"}]}, "srv1: no relay 'no'"),
        ({"agents": [GOOD["agents"][0] | {"fingerprint": "ab"}]}, "64 hexadecimal"),
        ({"agents": [GOOD["agents"][0] | {"name": "A B"}]}, "agents.0.name: must be"),
        ({"relays": GOOD["relays"] * 2}, "each needs an id of its own"),
        ({"trusted_proxies": ["10.0.0.0/33"]}, "trusted_proxies.0: "),
        ({"mail": {"host": "m", "sender": "nobody"}}, "mail.sender: "),
        ({"send_key": "secret"}, "send_key: "),
        ({"notify": {"administrators": ["it"]}}, "notify.administrators.0: "),
        ({"notify": {"help_desk": ["a@b\r\nBcc: c@d"]}}, "notify.help_desk.0: "),
        ({"notify": {"per_hour": 0}}, "notify.per_hour: "),
        (_provider(issuer="http://id.test"), "provider.issuer: 'http://id.test' must"),
        (_provider(issuer="https://id.test/?x"), "must be https://HOST or https://"),
        (_provider(client_secret="x"), "identity_provider.client_secret: "),
        (_provider(scopes=["profile"]), "scopes: must name openid"),
        (_provider(scopes=["openid", "a b"]), "identity_provider.scopes.1: "),
        (_provider(means="mail"), "identity_provider.means: "),
        (_provider(max_age_s=601), "identity_provider.max_age_s: "),
        (_provider(authentication="jwt"), "identity_provider.authentication: "),
        ({"metrics": "9480"}, "metrics: '9480' must be HOST:PORT"),
        ({"metrics": "127.0.0.1:8480"}, "metrics: needs an address of its own"),
        ({"brand": {"accent": "red"}}, "brand.accent: 'red' must be a colour such"),
        (
            {"brand": {"accent": "#e0a800"}},
            "brand.accent: #e0a800 has a contrast of 1.8",
        ),
        (
            {"brand": {"accent": "#0b5cad", "accent_dark": "#0b5cad"}},
            "brand.accent_dark: #0b5cad has a contrast of 1.9",
        ),
        ({"brand": {"accent_dark": "#8ab8f0"}}, "accent_dark: needs accent"),
        ({"brand": {"colour": "#0b5cad"}}, "brand.colour: "),
        ({"time_zone": "Europe/Atlantis"}, "'Europe/Atlantis' must be a time zone"),
        ({"time_zone": "../../etc/passwd"}, "'../../etc/passwd' must be a time zone"),
        ({"time_zone": ""}, "'' must be a time zone"),
        ({"time_zone": "/etc/localtime"}, "'/etc/localtime' must be a time zone"),
    ],
)
def test_a_wrong_value_is_named(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(PortalUnusable) as caught:
        settings_of(GOOD | changed, "portal.yaml")
    assert str(caught.value).startswith("portal.yaml: ")
    assert words in str(caught.value)
    assert "docs/portal.md" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "it is no YAML"),
        (b"a: [", "it is no YAML"),
        (b"- 1", "must hold names and values"),
        (b"", "must hold names and values"),
    ],
)
def test_a_file_that_is_none_is_said_so(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "portal.yaml"
    file.write_bytes(content)
    with pytest.raises(PortalUnusable, match=words):
        read_settings(file)


def test_a_file_that_is_missing_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(PortalUnusable, match="writeback-portal setup"):
        read_settings(tmp_path / "portal.yaml")
