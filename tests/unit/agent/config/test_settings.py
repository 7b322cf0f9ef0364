"""The settings file: every problem is named with its path, nothing is guessed."""

import contextlib
import copy
import json
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
import yaml

from agent.config import settings_file, validators
from agent.config.errors import SettingsError
from agent.system import atomic_files
from tests.fixtures.certificate_chain import issued

CANARY = "Canary-7f3a-Passw0rd!"

GOOD: dict[str, Any] = {
    "version": 1,
    "agent": "berlin-1",
    "relay": {"url": "https://relay.corp.test:8443"},
    "directory": {
        "domain": "corp.test",
        "controllers": [{"host": "dc1.corp.test", "address": "127.0.0.10"}],
        "account": {"kind": "existing", "name": "svc@corp.test"},
    },
    "scope": {"containers": ["OU=Sales\\, West,OU=People,DC=corp,DC=test"]},
}


def spoiled(path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    at: Any = data
    *parents, last = path.split(".")
    for name in parents:
        at = at[int(name)] if name.isdigit() else at.setdefault(name, {})
    if value is None:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return data


def problems(data: object) -> dict[str, str]:
    with pytest.raises(SettingsError) as refused:
        settings_file.validate(data)
    return {each.path: each.message for each in refused.value.problems}


BAD = [
    ("version", 3, "version"),
    ("version", "1", "version"),
    ("agent", None, "agent"),
    ("agent", "Berlin 1", "agent"),
    ("agent", "-berlin", "agent"),
    ("relay.url", "http://relay.corp.test", "relay.url"),
    ("relay.url", "https://relay.corp.test/path", "relay.url"),
    ("relay.url", "https://user@relay.corp.test", "relay.url"),
    ("relay.url", "https://relay.corp.test:99999", "relay.url"),
    ("relay.url", "https://relay.corp.test:0", "relay.url"),
    ("relay.url", "https://[::1", "relay.url"),
    ("relay.url", "https://a b", "relay.url"),
    ("relay.url", "https://relay\n.corp.test", "relay.url"),
    ("relay.url", "https://\u2100.corp.test", "relay.url"),
    ("relay.url", "https://rel\u202eay.corp.test", "relay.url"),
    ("relay.url", 'https://"relay".corp.test', "relay.url"),
    ("relay.url", "https://<b>relay.corp.test", "relay.url"),
    ("relay.url", "https://relay..corp.test", "relay.url"),
    ("relay.url", "https://[fe80::1%25\u202e]", "relay.url"),
    ("relay.url", "https://relay%00.corp.test", "relay.url"),
    ("relay.url", "https://relay.corp.test;x", "relay.url"),
    ("relay.url", f"https://{'a' * 64}.corp.test", "relay.url"),
    ("relay.url", f"https://{'a.' * 130}test", "relay.url"),
    ("relay.proxy", "http://pro\u202exy.corp.test:3128", "relay.proxy"),
    ("relay.proxy", "http://proxy..corp.test:3128", "relay.proxy"),
    ("relay.proxy", "http://[::1", "relay.proxy"),
    ("relay.proxy", "http://a b:1", "relay.proxy"),
    ("relay.uri", "x", "relay.uri"),
    ("relay.ca", "ca.pem", "relay.ca"),
    ("relay.ca", "", "relay.ca"),
    ("directory.ca", "~/ca.pem", "directory.ca"),
    ("directory.ca", "/etc/a\0b", "directory.ca"),
    ("directory.ca", f"/etc/{'x' * 256}", "directory.ca"),
    ("directory.ca", "/x" * 2048, "directory.ca"),
    ("directory.ca", "/etc/\ud800", "directory.ca"),
    ("directory.domain", "corp", "directory.domain"),
    ("directory.port", 3268, "directory.port"),
    ("directory.port", 3269, "directory.port"),
    ("directory.port", 389, "directory.port"),
    ("directory.port", 0, "directory.port"),
    ("directory.port", "636", "directory.port"),
    ("directory.controllers", [], "directory.controllers"),
    ("directory.controllers.0.host", "10.0.0.1", "directory.controllers[0].host"),
    ("directory.controllers.0.host", "dc1", "directory.controllers[0].host"),
    *(
        ("directory.controllers.0.address", odd, "directory.controllers[0].address")
        for odd in ("", "10.0.0.256", "a..b", "x" * 64, "a\0b", " 10.0.0.1", "\ud800")
    ),
    ("directory.controllers.0.hots", "x", "directory.controllers[0].hots"),
    ("directory.policy_hints", "yes", "directory.policy_hints"),
    ("directory.account.kind", "gmsa", "directory.account.kind"),
    ("scope.containers", [], "scope.containers"),
    ("scope.containers.0", "People", "scope.containers[0]"),
    ("scope.containers.0", "OU=R+D,DC=corp,DC=test", "scope.containers[0]"),
    ("scope.exclude_containers", "OU=x,DC=y", "scope.exclude_containers"),
    ("scope.exclude_containers", ["People"], "scope.exclude_containers[0]"),
    ("scope.exclude_containers", ["OU=Other,DC=corp,DC=test"], "scope"),
    (
        "scope.exclude_containers",
        ["ou=sales\\2c west,OU=People,DC=corp,DC=test"],
        "scope",
    ),
    ("scope.pilot_group", "CN=", "scope.pilot_group"),
    ("scope.pilot_group", "CN=a\\", "scope.pilot_group"),
    ("scope.pilot_group", "CN=a\\zz,DC=test", "scope.pilot_group"),
    ("scope.pilot_group", "CN=a\n,DC=test", "scope.pilot_group"),
    ("directory.account.name", "svc\0@corp.test", "directory.account.name"),
    ("features.unlock", 1, "features.unlock"),
    ("features.unlok", True, "features.unlok"),
    ("limits.per_minute", 0, "limits.per_minute"),
    ("limits.proofs", 6, "limits.proofs"),
    ("limits.per_user_per_hour", 1.5, "limits.per_user_per_hour"),
]


@pytest.mark.parametrize(("path", "value", "named"), BAD)
def test_a_bad_value_is_named_with_its_path(path: str, value: Any, named: str) -> None:
    found = problems(spoiled(path, value))
    assert list(found) == [named]
    assert found[named]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("features.unlock", "yes", "true or false, without quotes (it is 'yes')"),
        ("limits.proofs", 9, "must be 5 or less (it is 9)"),
        (
            "limits.per_minute",
            True,
            "must be a whole number, without quotes (it is true)",
        ),
        ("version", "1", "must be 2, without quotes (it is '1')"),
        ("identify_by", "upn", "must be objectGUID, ms-DS-ConsistencyGuid, userPrinc"),
        ("scope.containers", "OU=x,DC=y", "must be a list: each item on its own line"),
        ("relay", "https://x", "must hold, each on its own line: url, ca, proxy (it"),
        ("directory.account.name", "x" * 300, "256 characters or fewer (it is 'xxx"),
        ("self_service.help.phone", "1" * 41, "must have 40 characters or fewer (it"),
        ("self_service.banned_words", ["word"] * 5000, "entries or fewer"),
    ],
)
def test_a_problem_says_what_to_write(path: str, value: Any, says: str) -> None:
    rule = problems(spoiled(path, value))[path]
    assert says in rule
    assert len(rule) < 250


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://proxy.corp.test", "must end with the port"),
        ("http://proxy.corp.test:0", "must end with the port"),
        ("http://proxy.corp.test:99999", "must end with the port"),
        ("proxy.corp.test:3128", "must be http://host:port"),
        ("https://proxy.corp.test:3128", "must be http://host:port"),
        ("http://proxy.corp.test:3128/x", "must be http://host:port"),
        ("http://:3128", "must be http://host:port"),
        (f"http://user:{CANARY}@proxy.corp.test:3128", "must not hold a password"),
        (f"http://user:{CANARY}@x@proxy.corp.test:3128", "must not hold a password"),
        (f"http://:{CANARY}@proxy.corp.test:3128", "must not hold a password"),
        (f"user:{CANARY}@proxy.corp.test:3128", "must not hold a password"),
        (f"socks5://user:{CANARY}@proxy.corp.test", "must not hold a password"),
        (f"http://user%3A{CANARY}@proxy.corp.test:3128", "must have a user name"),
        ("http://@proxy.corp.test:3128", "must have a user name"),
        ("http://a%0Ab@proxy.corp.test:3128", "must have a user name"),
        ("http://a%FFb@proxy.corp.test:3128", "must have a user name"),
        (f"http://user/{CANARY}@proxy.corp.test:3128", "must be http://host:port"),
    ],
)
def test_a_proxy_is_an_address_and_a_user_at_most(address: str, says: str) -> None:
    """A password in it would be in the file, in plans and in exports."""
    rule = problems(spoiled("relay.proxy", address))["relay.proxy"]
    assert rule.startswith(says)
    assert CANARY not in rule


def test_an_address_with_credentials_is_not_quoted() -> None:
    rule = problems(spoiled("relay.url", f"https://user:{CANARY}@relay.corp.test"))
    assert CANARY not in rule["relay.url"]


@pytest.mark.parametrize(
    ("address", "kept", "user"),
    [
        ("http://proxy.corp.test:3128", "", None),
        ("http://[2001:db8::1]:8080", "", None),
        ("http://CORP%5CSvc@proxy.corp.test:3128", "", "CORP\\Svc"),
        ("http://CORP\\Svc@Proxy:1", "http://CORP%5CSvc@proxy:1", "CORP\\Svc"),
        ("http://a@b.test@proxy:1", "http://a%40b.test@proxy:1", "a@b.test"),
        ("http://a%40b.test@[2001:db8::1]:1", "", "a@b.test"),
    ],
)
def test_a_proxy_is_spelled_alike(address: str, kept: str, user: str | None) -> None:
    relay = settings_file.validate(spoiled("relay.proxy", address)).relay
    assert (relay.proxy, relay.proxy_user) == (kept or address, user)
    assert settings_file.validate(spoiled("relay.proxy", relay.proxy)).relay == relay


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("directory.controllers.0.address", "2001:db8::1"),
        ("directory.controllers.0.address", "dc1.corp.test"),
        ("scope.pilot_group", "CN=a\\\\b\\2C\\+\\ ,DC=test"),
        ("relay.url", "https://[2001:db8::1]:8443"),
        ("relay.url", "https://[2001:db8::1]"),
    ],
)
def test_a_good_value_stays_as_it_is(path: str, value: str) -> None:
    good = settings_file.validate(spoiled(path, value))
    assert value in settings_file.dump(good)
    assert settings_file.parse(settings_file.dump(good)) == good


def test_a_tab_is_named() -> None:
    with pytest.raises(SettingsError, match="line 2: is indented with a tab"):
        settings_file.parse("relay:\n\turl: https://relay.corp.example\n")


def test_every_problem_is_named_at_once() -> None:
    data = spoiled("agent", "A B")
    data["relay"] = {"url": "ftp://x"}
    data["directory"]["port"] = 3269
    data["scop"] = {}
    assert set(problems(data)) == {"agent", "relay.url", "directory.port", "scop"}


@pytest.mark.parametrize(
    ("path", "near"),
    [("features.unlok", "unlock"), ("limits.proof", "proofs"), ("scop", "scope")],
)
def test_an_unknown_key_comes_with_a_near_miss(path: str, near: str) -> None:
    assert f"did you mean {near}?" in problems(spoiled(path, 1))[path]


def test_a_host_that_is_an_address_is_refused_with_why() -> None:
    data = spoiled("directory.controllers.0.host", "10.0.0.1")
    assert "certificates" in problems(data)["directory.controllers[0].host"]


@pytest.mark.parametrize(
    "account",
    [
        {"kind": "new", "name": "a" * 21, "container": "DC=corp,DC=test"},
        {"kind": "new", "name": "a+b", "container": "DC=corp,DC=test"},
        {"kind": "new", "name": "svc"},
    ],
)
def test_a_new_account_must_be_one_that_can_be_made(account: dict[str, str]) -> None:
    assert list(problems(spoiled("directory.account", account))) == [
        "directory.account"
    ]


def test_settings_come_back_from_their_own_text() -> None:
    first = settings_file.validate(GOOD)
    assert settings_file.parse(settings_file.dump(first)) == first
    assert first.directory.base_dn == "DC=corp,DC=test"


def test_a_certificate_is_written_line_by_line_and_comes_back() -> None:
    pem = issued("Corp Root CA").pem
    trusting = settings_file.validate(spoiled("directory.ca_certificate", pem))
    text = settings_file.dump(trusting)
    assert "  ca_certificate: |\n    -----BEGIN CERTIFICATE-----\n    " in text
    assert settings_file.parse(text) == trusting
    assert settings_file.digest(trusting) != settings_file.digest(
        settings_file.validate(GOOD)
    )


def test_a_program_that_knows_no_trusted_authority_reads_what_has_none() -> None:
    assert "ca_certificate" not in settings_file.dump(settings_file.validate(GOOD))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/etc/ca.pem", "must be exactly one certificate as PEM"),
        (f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n", "no place for a private key"),
        (7, "must be text"),
    ],
)
def test_what_is_no_certificate_is_named_and_not_shown(text: Any, says: str) -> None:
    found = problems(spoiled("directory.ca_certificate", text))
    assert list(found) == ["directory.ca_certificate"]
    assert says in found["directory.ca_certificate"]
    assert CANARY not in str(found)
    assert "(it is" not in found["directory.ca_certificate"]


def test_a_saved_file_is_read_and_named_when_spoiled(tmp_path: Path) -> None:
    path = tmp_path / "etc/settings.yaml"
    atomic_files.write_atomically(
        path, settings_file.dump(settings_file.validate(GOOD))
    )
    assert settings_file.load(path) == settings_file.validate(GOOD)
    path.write_text("agent: [")
    with pytest.raises(SettingsError, match="not valid YAML") as refused:
        settings_file.load(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("text", ["", "- 1", "null", "just text"])
def test_a_file_without_settings_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="version: 2"):
        settings_file.parse(text)


def test_missing_and_binary_files_are_problems(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        settings_file.load(tmp_path / "none.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        settings_file.load(tmp_path / "binary")


def test_yaml_can_make_no_objects() -> None:
    with pytest.raises(SettingsError, match="not valid YAML"):
        settings_file.parse("version: !!python/object/apply:os.getcwd []")


def test_a_relative_path_is_refused_with_why() -> None:
    rule = problems(spoiled("relay.ca", "certs/ca.pem"))["relay.ca"]
    assert rule.startswith("must be a whole path such as /etc/writeback/ca.pem")


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        (r"C:\ProgramData\Writeback\ca.pem", True),
        (r"\\server\share\ca.pem", True),
        ("/etc/writeback/ca.pem", False),
        (r"C:ca.pem", False),
        (r"\ca.pem", False),
    ],
)
def test_on_windows_a_path_is_whole_with_its_drive(
    monkeypatch: pytest.MonkeyPatch, path: str, *, taken: bool
) -> None:
    monkeypatch.setattr(validators, "Path", PureWindowsPath)
    refused = pytest.raises(ValueError, match="with its drive")
    with contextlib.nullcontext() if taken else refused:
        assert validators.whole_path(path) == path


@pytest.mark.parametrize("part", ["relay", "directory"])
def test_new_content_below_the_same_path_is_a_change(tmp_path: Path, part: str) -> None:
    ca = tmp_path / "ca.pem"
    named = settings_file.validate(spoiled(f"{part}.ca", str(ca)))
    states = [settings_file.digest(named)]
    for content in (b"one", b"two"):
        ca.write_bytes(content)
        assert settings_file.digest(named) == settings_file.digest(named)
        states.append(settings_file.digest(named))
    assert len(set(states)) == 3


def test_the_schema_names_what_the_file_may_hold() -> None:
    schema = settings_file.schema()
    assert set(GOOD) <= set(schema["properties"])
    assert json.loads(json.dumps(schema)) == schema
    assert (
        yaml.safe_load(settings_file.dump(settings_file.validate(GOOD)))["version"] == 2
    )


def test_a_key_given_twice_is_refused_with_its_line() -> None:
    with pytest.raises(SettingsError) as caught:
        settings_file.parse("version: 1\nagent: one\nagent: two\n")

    assert str(caught.value.problems[0]) == "line 3: agent is given twice; keep one"


def test_what_receipts_are_is_written_where_it_was_chosen_alone() -> None:
    """An older program reads a file that does not name what came after it."""
    plain = settings_file.validate(GOOD | {"self_service": {"who": "all"}})
    added = ("receipts", "peers", "provider_sign_in", "code_to_manager")
    assert not [name for name in added if name in settings_file.dump(plain)]
    chosen = {
        "who": "all",
        "receipts": "accepted",
        "peers": [{"fingerprint": "a1" * 32, "until": "2027-06-30"}],
        "registration": {"provider_sign_in": True, "code_to_manager": True},
    }
    settings = settings_file.validate(GOOD | {"self_service": chosen})
    assert settings_file.parse(settings_file.dump(settings)) == settings
    assert all(name in settings_file.dump(settings) for name in added)
