"""Signatures as Windows has them: who signed what is packed, and ours on what is made.

osslsigncode does both, without Windows. Our key is a file that is opened by its
descriptor: neither its name nor what is in it stands in a command line, an environment
or a folder that is kept.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from installer import chroot
from installer.errors import BuildError
from installer.windows.pins import HERE

SIGNER = "Python Software Foundation"
_GOOD = "\nSignature verification: ok\n"
_AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
# Microsoft Identity Verification Root Certificate Authority 2020, which Windows trusts
# and Debian's list lacks. Compared with Microsoft's thumbprint (SHA-1,
# F40042E2E5F7E8EF8189FED15519AECE42C3BFA2) and with the SHA-256, as several public
# repositories which pin the same root have them independently; a test holds both.
MICROSOFT = HERE / "microsoft-root-2020.pem"
_PEM = "-----BEGIN "
# of the certificate, in the folder that is worked in
_CHAIN = "signing.pem"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature the programs and the MSI get: a chain and its key, in PEM."""

    chain: str
    key: bytes = field(repr=False)


def signer(chain: Path, key_descriptor: int) -> Signer:
    """Read the certificate with those above it, and its key from a descriptor.

    BuildError where they are none; the key has no passphrase, as nobody can be asked.
    """
    try:
        text = chain.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise BuildError(
            f"{chain} has no certificate in PEM.",
            "Give the file of your code-signing certificate and those above it.",
        )
    key = b""
    if not os.isatty(key_descriptor):
        with os.fdopen(os.dup(key_descriptor), "rb") as file:
            key = file.read()
    if not key.startswith(_PEM.encode()) or b"PRIVATE KEY" not in key:
        raise BuildError(
            "No private key in PEM came from the file descriptor.",
            "./dev build --windows --certificate chain.pem < key.pem",
        )
    return Signer(text, key)


def sign(
    root: Path, work: Path, files: Sequence[Path], signer: Signer, *, epoch: int
) -> None:
    """Sign files in `work`, at a given time: the same again is the same bytes.

    No authority for times is asked: the signature is good as long as the certificate.
    """
    (work / _CHAIN).write_text(signer.chain)
    for path in files:
        signed = path.with_name(f"{path.name}.signed")
        argv = ["osslsigncode", "sign", "-h", "sha256", "-certs", f"/build/{_CHAIN}"]
        argv += ["-n", "Writeback", "-time", str(epoch)]
        with _held(signer.key) as key:
            chroot.run(
                *(root, work),
                *(*argv, "-key", f"/proc/self/fd/{key}"),
                *("-in", _inside(work, path), "-out", _inside(work, signed)),
                epoch=epoch,
                pass_fds=(key,),
            )
        signed.replace(path)


def check(root: Path, work: Path, files: Sequence[Path]) -> None:
    """Check that Python's makers signed each file, by an authority that is trusted.

    A file that was changed after, or that somebody else signed, is a BuildError.
    """
    trusted = work / "authorities.pem"
    of_debian = (root / _AUTHORITIES).read_text()
    trusted.write_text(of_debian + MICROSOFT.read_text())
    for path in files:
        text = _verified(root, work, path, f"/build/{trusted.name}")
        if _GOOD not in text or f"/O={SIGNER}/" not in text:
            raise BuildError(f"{path.name} is not signed by {SIGNER}.", text[-2000:])


def _verified(root: Path, work: Path, path: Path, trusted: str) -> str:
    argv = ["osslsigncode", "verify", "-ignore-crl", "-CAfile", trusted]
    argv += ["-TSA-CAfile", trusted, "-in", _inside(work, path)]
    # it ends with 1 for what is not good; what it says decides, and is told
    return chroot.run(root, work, "sh", "-c", '"$@" 2>&1 || true', "verify", *argv)


def _inside(work: Path, path: Path) -> str:
    return f"/build/{path.relative_to(work)}"


@contextmanager
def _held(key: bytes) -> Iterator[int]:
    """Give a descriptor of a file in memory that has the key."""
    handle = os.memfd_create("signing")
    try:
        os.write(handle, key)
        yield handle
    finally:
        os.close(handle)
