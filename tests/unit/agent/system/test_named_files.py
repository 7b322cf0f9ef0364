"""What somebody else names is a short regular file, or is not read."""

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.config import settings_file
from agent.config.errors import SettingsError
from agent.system.named_files import MOST, read_named
from agent.system.tls import client_context
from lab.authority import make_authority
from tests.unit.agent.config.test_settings import GOOD


def fifo(folder: Path) -> Path:
    path = folder / "fifo"
    os.mkfifo(path)
    return path


def link_to_fifo(folder: Path) -> Path:
    path = folder / "link"
    path.symlink_to(fifo(folder))
    return path


def large(folder: Path) -> Path:
    path = folder / "large"
    path.write_bytes(bytes(MOST + 1))
    return path


def sparse(folder: Path) -> Path:
    path = folder / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    return path


def round_and_round(folder: Path) -> Path:
    path = folder / "loop"
    path.symlink_to(path)
    return path


ODD: dict[str, Callable[[Path], Path]] = {
    "a pipe": fifo,
    "a link to a pipe": link_to_fifo,
    "a folder": lambda folder: folder,
    "a device without an end": lambda _: Path("/dev/zero"),
    "a terminal": lambda _: Path("/dev/ptmx"),
    "too large a file": large,
    "a file of a terabyte": sparse,
    "a link to itself": round_and_round,
    "no file": lambda folder: folder / "none",
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_short_regular_file_is_refused_at_once(
    tmp_path: Path, kind: str
) -> None:
    path = ODD[kind](tmp_path)
    with pytest.raises(OSError, match=r".") as refused:
        read_named(path)
    assert refused.value.filename == str(path)
    with pytest.raises(OSError, match=r"."):
        client_context(path)
    with pytest.raises(SettingsError):
        settings_file.load(path)
    ca = {"relay": {**GOOD["relay"], "ca": str(path)}}
    assert settings_file.digest(settings_file.validate({**GOOD, **ca}))


def test_a_file_and_a_link_to_it_are_read(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"x" * MOST)
    link.symlink_to(path)
    assert read_named(path) == read_named(link) == b"x" * MOST


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "hidden"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(PermissionError) as refused:
        read_named(path)
    assert refused.value.filename == str(path)


def test_certificates_with_words_of_any_alphabet_between_them_are_taken(
    tmp_path: Path,
) -> None:
    pem = make_authority(tmp_path).certificate.read_bytes()
    path = tmp_path / "chain.pem"
    path.write_bytes("# Zürich ①\n".encode() + pem + b"\xff\xfe\n" + pem)
    assert client_context(path).cert_store_stats()["x509_ca"] == 1


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\x30\x82\x01\x0a" * 20])
def test_a_file_without_a_certificate_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(ssl.SSLError):
        client_context(path)
