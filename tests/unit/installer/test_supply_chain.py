"""What packages are built from is pinned, listed, looked up, and signed."""

import http.server
import json
import re
import shutil
import subprocess
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installer import build_root, lock_file, nfpm, sbom, signing, vulnerabilities
from installer.errors import BuildError
from installer.package_specs import AGENT
from installer.paths import CONSTRAINTS, LOCK, PYPROJECT


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


def test_an_sbom_lists_what_a_package_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "LIBRARIES", ("libc6",))
    monkeypatch.setattr(sbom, "_debian_version", lambda _: "2.36-9")
    text = sbom.of_package(AGENT, "1.2.3", 1_700_000_000)
    assert text == sbom.of_package(AGENT, "1.2.3", 1_700_000_000)
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    assert told["metadata"]["component"]["version"] == "1.2.3"
    purls = {each["purl"] for each in told["components"]}
    assert f"pkg:pypi/ldap3@{lock_file.versions()['ldap3']}" in purls
    assert "pkg:deb/debian/libc6@2.36-9" in purls
    assert not any("pyside6" in each for each in purls)
    (aiohttp,) = (each for each in told["components"] if each["name"] == "aiohttp")
    digests = [each["content"] for each in aiohttp["hashes"]]
    assert digests == list(lock_file.hashes()["aiohttp"])


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


@pytest.fixture
def key(tmp_path: Path) -> Path:
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    home, path = tmp_path / "gpg", tmp_path / "key.asc"
    home.mkdir(0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
    make = [*gpg, "--quick-generate-key", "packages@corp.test", "ed25519", "sign", "1d"]
    subprocess.run(make, check=True, capture_output=True)
    export = [*gpg, "--armor", "--export-secret-keys"]
    path.write_bytes(subprocess.run(export, check=True, capture_output=True).stdout)
    return path


def test_checksums_are_signed(tmp_path: Path, key: Path) -> None:
    sums = tmp_path / "SHA256SUMS"
    sums.write_text("0  a.deb\n")
    signature = signing.sign_checksums(sums, signing.checked_key(key))
    check = ["gpg", "--homedir", str(tmp_path / "gpg"), "--verify", str(signature)]
    assert (
        subprocess.run([*check, str(sums)], capture_output=True, check=False).returncode
        == 0
    )
    sums.write_text("1  a.deb\n")
    assert (
        subprocess.run([*check, str(sums)], capture_output=True, check=False).returncode
        != 0
    )


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
