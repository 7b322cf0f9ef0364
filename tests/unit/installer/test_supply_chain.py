"""What packages are built from is pinned, looked up, and signed."""

import http.server
import json
import re
import shutil
import threading
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installer import (
    build_root,
    lock,
    lock_file,
    nfpm,
    signing,
    vulnerabilities,
)
from installer.errors import BuildError
from installer.package_specs import AGENT
from installer.paths import CONSTRAINTS, LOCK, PYPROJECT
from tests.fixtures.signing_key import SigningKey


def test_the_lock_has_everything_by_its_hash() -> None:
    lines = [
        line for line in LOCK.read_text().splitlines() if line[:1] not in ("", "#")
    ]
    form = re.compile(r"[a-z0-9-]+==\S+ --hash=sha256:[0-9a-f]{64}")
    assert lines
    assert [line for line in lines if not form.fullmatch(line)] == []
    locked = lock_file.versions()
    for each in build_root.wanted():
        wanted = Requirement(each)
        if wanted.marker is None or wanted.marker.evaluate({"sys_platform": "linux"}):
            assert locked[canonicalize_name(wanted.name)] in wanted.specifier


def test_the_lock_is_of_the_versions_that_everything_was_tested_with() -> None:
    pinned: dict[str, str] = {
        canonicalize_name(name): version
        for name, version in re.findall(
            r"^(\S+)==(\S+)$", CONSTRAINTS.read_text(), re.MULTILINE
        )
    }
    locked = lock_file.versions()
    assert {name: pinned.get(name) for name in locked} == locked


def test_developers_are_given_what_looks_up_and_lists() -> None:
    groups = tomllib.loads(PYPROJECT.read_text())["dependency-groups"]
    names = {Requirement(each).name for each in groups["dev"]}
    assert {"pip-audit", "cyclonedx-python-lib"} <= names


WHEEL = "{name}-1.0-py3-none-any.whl"


def wheel(folder: Path, name: str, *needs: str) -> Path:
    """Make a wheel of one module."""
    path, info = folder / WHEEL.format(name=name), f"{name}-1.0.dist-info"
    needed = "".join(f"Requires-Dist: {each}\n" for each in needs)
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", "")
        file.writestr(f"{info}/METADATA", head)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file.writestr(f"{info}/WHEEL", tag)
        file.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry of two wheels, one of which needs the other, and a lock of both."""
    folder = tmp_path / "registry"
    folder.mkdir()
    wheel(folder, "thing", "thong")
    wheel(folder, "thong")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(build_root, "BUILD", tmp_path / "build")
    monkeypatch.setattr(build_root, "LOCK", tmp_path / "lock.txt")
    (tmp_path / "lock.txt").write_text(lock.text_of(folder))
    return folder


def test_what_the_lock_names_is_fetched(registry: Path) -> None:
    names = {path.name for path in build_root.fetched().iterdir()}
    assert names == {path.name for path in registry.iterdir()}


@pytest.mark.parametrize("fault", ["altered", "not_listed"])
def test_what_is_not_as_the_lock_says_is_not_built_from(
    registry: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_root, "check_tools", lambda: None)
    locked, build = registry / "../lock.txt", registry / "../build"
    text = locked.read_text()
    if fault == "altered":  # one digit of a hash
        digit = text[-2]
        text = f"{text[:-2]}{'0' if digit != '0' else '1'}\n"
    else:
        text = "".join(line for line in text.splitlines(True) if "thong" not in line)
    locked.write_text(text)
    with pytest.raises(BuildError, match=r"(?s)could not fetch.*(?i:hash)"):
        build_root.ensure_root(lambda _: None)
    assert not (build / "root").exists()
    assert not (build / "root.stamp").exists()


@contextmanager
def database(answer: Mapping[str, object]) -> Iterator[str]:
    """A database that says the same of everything, as OSV spells it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = asked["package"]["name"] == "ldap3"
            body = json.dumps(answer if known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        finally:
            server.shutdown()
            thread.join()


FAULT = {
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "summary": "it answers everybody",
            "affected": [
                {
                    "package": {"name": "ldap3", "ecosystem": "PyPI"},
                    "ranges": [
                        {
                            "type": "ECOSYSTEM",
                            "events": [{"introduced": "0"}, {"fixed": "99.1"}],
                        }
                    ],
                }
            ],
        }
    ]
}


def test_what_is_known_to_be_vulnerable_is_not_built_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    said: list[str] = []
    with database(FAULT) as url:
        named = r"(?s)ldap3 \S+: PYSEC-2026-1 \(mended in 99\.1\).*--no-audit"
        with pytest.raises(BuildError, match=named):
            vulnerabilities.look_up(said.append, url=url)
    with database({}) as url:
        assert vulnerabilities.look_up(said.append, url=url)
    assert said == ["no vulnerability is known of what the packages are built from"]


def test_without_a_network_that_is_skipped_in_a_word() -> None:
    said: list[str] = []
    nobody = "http://127.0.0.1:9/v1/query"
    assert not vulnerabilities.look_up(said.append, url=nobody)
    assert said == ["known vulnerabilities were not looked up: no network to osv.dev"]


def test_checksums_are_signed(tmp_path: Path) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    key, sums = SigningKey.make(tmp_path), tmp_path / "SHA256SUMS"
    sums.write_text("0  a.deb\n")
    signature = signing.sign_checksums(sums, signing.checked_key(key.secret))
    assert key.verifies(signature, sums)
    sums.write_text("1  a.deb\n")
    assert not key.verifies(signature, sums)


@pytest.mark.parametrize("content", ["", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"])
def test_what_is_no_secret_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.asc"
    path.write_text(content)
    with pytest.raises(BuildError, match=r"(?s)no secret key.*--export-secret-keys"):
        signing.checked_key(path)


def test_packages_are_signed_where_a_key_is_given() -> None:
    for packager in nfpm.PACKAGERS:
        plain = nfpm.config(AGENT, packager, [], version="1", epoch=0)
        signed = nfpm.config(AGENT, packager, [], version="1", epoch=0, signed=True)
        assert "signature" not in plain[packager]
        assert signed[packager]["signature"] == {"key_file": "/build/signing.asc"}
