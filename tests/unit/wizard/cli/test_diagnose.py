"""Every check as a row; and a file in which no secret and no person is."""

import contextlib
import json
import resource
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import secret_store
from agent.config.settings_file import validate
from agent.request.answer import Answer, Step
from agent.request.audit import Audit, Received, Record
from agent.system.atomic_files import write_atomically
from agent.system.paths import Paths
from tests.fixtures.enrolled import CANARY
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wire.failure import Failure
from wire.operation import Operation
from wire.outcomes import Code
from wire.secret import Secret
from wire.text import Text
from wizard.cli.diagnosis import archive, contents
from wizard.cli.diagnosis.contents import SETTINGS as ALLOWED
from wizard.cli.diagnosis.contents import WITHHELD
from wizard.cli.diagnosis.rows import Row
from wizard.cli.main import main
from wizard.cli.output import Exit
from wizard.flow.conversion import flat
from wizard.permissions.findings import Finding, Level
from wizard.steps.keys import KEPT

PERSON = "anna.weber@corp.test"


@pytest.fixture
def served(down: Path) -> Path:
    """A machine whose agent recorded and logged requests for a person."""
    places = Paths.below(down)
    user = {"by": "mail", "value": PERSON}
    steps = (Step("password", "refused", Code.POLICY, f"the DN of {PERSON}"),)
    audit = Audit(places.audit, head=places.audit_head)
    answer = Answer(Code.POLICY, f"for {PERSON}", steps=steps)
    received = Received(Operation.RESET, "jti", user, "https://portal.corp.test")
    audit.write(Record("1", "agent-1", answer, received, f"CN={PERSON}"))
    audit.close()
    places.log.write_text("WARNING the link broke\x1b[2J\n")
    status = {"ready": False, "reach": {"state": "unknown"}, "secret": CANARY}
    write_atomically(places.status, json.dumps(status))
    return down


def diagnosed(home: Path, *more: str) -> int:
    return main(["diagnose", "--home", str(home), *more])


def test_every_check_is_a_row(served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diagnosed(served, "--json") == Exit.FINDINGS
    rows = json.loads(capsys.readouterr().out)["checks"]
    ids = {row["id"] for row in rows}
    assert {"keys", "enrolment", "service", "audit", "connection", "account"} <= ids
    assert any(row["id"].startswith("dc1.corp.test ") for row in rows)
    assert all(row["detail"] or row["state"] == "ok" for row in rows)


def zipped(home: Path, path: Path) -> dict[str, str]:
    assert diagnosed(home, "--zip", str(path), "--yes") == Exit.FINDINGS
    with zipfile.ZipFile(path) as archived:
        return {name: archived.read(name).decode() for name in archived.namelist()}


def test_a_file_holds_what_helps_no_secret_and_no_person(
    served: Path, tmp_path: Path
) -> None:
    path = tmp_path / "diagnosis.zip"
    found = zipped(served, path)
    assert set(found) == {
        *("versions.json", "checks.json", "settings.yaml", "status.json"),
        *("metrics.txt", "audit.jsonl", "log.txt"),
    }
    whole = "\n".join(found.values())
    assert "directory.domain: corp.test\n" in found["settings.yaml"]
    assert json.loads(found["audit.jsonl"].splitlines()[0])["code"] == "policy"
    assert "the link broke\\x1b[2J" in found["log.txt"]
    stored = secret_store.in_folder(Paths.below(served).secrets)
    secrets = [stored.get(name) for name in secret_store.NAMES]
    for secret in filter(None, secrets):
        assert secret.reveal() not in whole
    for word in (CANARY, PERSON, "anna"):
        assert word not in whole
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_files_are_listed_before_one_is_written(
    served: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "diagnosis.zip"
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda *_: "n")
    assert diagnosed(served, "--zip", str(path)) == Exit.FINDINGS
    shown = capsys.readouterr().err
    for name in ("settings.yaml", "log.txt", "checks.json", "metrics.txt"):
        assert name in shown
    assert not path.exists()
    assert diagnosed(served, "--zip", str(path), "--yes") == Exit.FINDINGS
    before = path.read_bytes()
    # and what is there is never written over, whoever put it there
    assert diagnosed(served, "--zip", str(path), "--yes") == Exit.BAD_USAGE
    assert path.read_bytes() == before


def test_a_file_that_holds_a_secret_after_all_is_left_out(tmp_path: Path) -> None:
    host = FakeHost(tmp_path)
    key = {"keys": [{"kty": "EC", "d": "private-part-of-a-key"}]}
    host.secrets.put(secret_store.AGENT_KEYS, Secret(json.dumps(key)))
    host.secrets.put(secret_store.DIRECTORY_PASSWORD, Secret(CANARY))
    texts = {"good": "x", "bad": f"a {CANARY} b", "worse": "private-part-of-a-key"}
    listed = archive.listed(texts, host)
    assert set(listed.files) == {"good"}
    assert listed.left_out == ("bad", "worse")


@pytest.mark.parametrize("name", KEPT)
def test_every_secret_that_is_stored_is_searched_for(tmp_path: Path, name: str) -> None:
    host = FakeHost(tmp_path)
    host.secrets.put(name, Secret(CANARY))
    assert archive.listed({"bad": f"a {CANARY} b"}, host).left_out == ("bad",)


@pytest.mark.parametrize(
    ("id_", "sent"),
    [
        ("guard/account/S-1-5-21-1-2-3-1104", "guard/account"),
        (f"excess/full_control/CN={PERSON},DC=x", "excess/full_control"),
        ("excess/user/hidden", "excess/user/hidden"),
    ],
)
def test_a_finding_is_sent_without_whom_it_names(id_: str, sent: str) -> None:
    words = Text("{name} may reset it", name=PERSON)
    row = Row.of_finding(Finding(id_, Level.WARNING, words, words, words))
    assert PERSON in row.shown.title + row.shown.detail + row.shown.remedy
    assert PERSON not in repr(row.sent)
    assert (row.sent.id, row.sent.state) == (sent, "warning")


def test_settings_that_are_wrong_are_sent_by_their_paths(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain: dict[str, Any] = SETTINGS.model_dump(mode="json")
    plain["scope"]["deny_list"] = [PERSON]
    write_atomically(Paths.below(served).settings, json.dumps(plain))
    found = zipped(served, tmp_path / "diagnosis.zip")
    assert PERSON in capsys.readouterr().out
    assert "scope.deny_list[0]" in found["checks.json"]
    assert "anna" not in "".join(found.values())


def test_a_file_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "diagnosis.zip"
    content = archive.Listed({"a": bytes(range(256)) * 400}, ())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        with pytest.raises(Failure, match="can't be written") as full:
            archive.write(path, content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "room" in full.value.remedy
    assert not path.exists()
    archive.write(path, content)


@contextlib.contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Any user of this machine may listen on the port that the state names."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client, contextlib.suppress(OSError):
                        client.recv(4096)
                        answer(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()


def said(head: bytes, body: bytes = b"") -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(head + b"\r\n\r\n" + body)


def trickle(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"writeback_x 1\n")
        threading.Event().wait(0.01)


def flood(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"writeback_x 1\n" * 1000)


ODD = {
    "no HTTP": said(b"nonsense"),
    "no status": said(b"HTTP/1.1 x"),
    "cut off": said(b"HTTP/1.1 200 OK\r\nContent-Length: 99", b"x"),
    "nothing": lambda _client: None,
    "trickle": trickle,
    "flood": flood,
}


@pytest.mark.parametrize("name", ODD)
def test_whoever_answers_for_metrics_ends_and_holds_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_METRICS_S", 0.5)
    with answering(ODD[name]) as port:
        assert contents.metrics(port) == ""


def test_a_redirect_of_whoever_answers_is_not_followed() -> None:
    asked: list[bool] = []

    def take(client: socket.socket) -> None:
        asked.append(True)
        said(b"HTTP/1.1 200 OK", b"writeback_x 1\n")(client)

    with answering(take) as other:
        assert contents.metrics(other) == "writeback_x 1\n"
        asked.clear()
        where = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other}/"
        with answering(said(where.encode())) as port:
            assert contents.metrics(port) == ""
    assert not asked


def test_every_setting_is_either_let_in_or_withheld() -> None:
    assert set(flat(SETTINGS)) == {*ALLOWED, *WITHHELD}


def test_the_user_at_a_proxy_is_withheld(served: Path, tmp_path: Path) -> None:
    places = Paths.below(served)
    plain: dict[str, Any] = SETTINGS.model_dump(mode="json")
    relay = {**plain["relay"], "proxy": "http://svc-proxy@proxy.corp.test:3128"}
    settings = validate({**plain, "relay": relay})
    write_atomically(places.settings, json.dumps(settings.model_dump(mode="json")))
    found = zipped(served, tmp_path / "diagnosis.zip")
    assert "svc-proxy" not in found["settings.yaml"]


def test_a_machine_where_nothing_is_set_up_is_told_and_has_a_file_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "diagnosis.zip"
    found = zipped(tmp_path / "home", path)
    assert "Nothing is set up here." in capsys.readouterr().out
    assert "nothing is set up" in found["settings.yaml"]
