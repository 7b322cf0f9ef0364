"""Whose signature is made: the key comes by a descriptor, and is never shown."""

import hashlib
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from installer.__main__ import main
from installer.errors import BuildError
from installer.windows import authenticode

CHAIN = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
KEY = b"-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"


def test_the_authority_of_windows_is_the_one_that_others_know() -> None:
    content = ssl.PEM_cert_to_DER_cert(authenticode.MICROSOFT.read_text())
    known = {
        "sha1": "f40042e2e5f7e8ef8189fed15519aece42c3bfa2",
        "sha256": "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270",
    }
    assert {name: hashlib.new(name, content).hexdigest() for name in known} == known


@contextmanager
def given(content: bytes) -> Iterator[int]:
    """A pipe with something in it, as a shell would give it."""
    out, into = os.pipe()
    os.write(into, content)
    os.close(into)
    try:
        yield out
    finally:
        os.close(out)


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "chain.pem"
    path.write_text(CHAIN)
    return path


def test_the_key_is_read_and_not_shown(chain: Path) -> None:
    with given(KEY) as descriptor:
        signer = authenticode.signer(chain, descriptor)
    assert signer.key == KEY
    assert "secret" not in repr(signer)


@pytest.mark.parametrize("content", [b"", b"secret", CHAIN.encode()])
def test_what_is_no_key_is_refused_without_a_word_of_it(
    chain: Path, content: bytes
) -> None:
    with (
        given(content) as descriptor,
        pytest.raises(BuildError, match="No private key in PEM") as refused,
    ):
        authenticode.signer(chain, descriptor)
    assert "secret" not in str(refused.value)


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    with given(KEY) as descriptor, pytest.raises(BuildError, match="no certificate"):
        authenticode.signer(tmp_path / "none.pem", descriptor)


def test_one_package_alone_is_no_wish_for_windows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["./dev build", "agent", "--windows"])
    assert main() == 1
    assert "ADDLOCAL=Agent" in capsys.readouterr().err


def test_a_version_that_no_msi_has_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["./dev build", "--windows", "--no-audit", "--version", "0.2.0~rc1"]
    monkeypatch.setattr("sys.argv", argv)
    assert main() == 1
    assert "no version that an MSI can have" in capsys.readouterr().err
