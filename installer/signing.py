"""Signs what is given out: the packages by nfpm, their checksums by gpg.

The key is OpenPGP's, secret, in ASCII armour and without a passphrase, as a build has
nobody to ask; it lies in no folder that is kept.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from installer.errors import BuildError

IN_THE_ROOT = "signing.asc"
_FIRST_LINE = "-----BEGIN PGP PRIVATE KEY BLOCK-----"


def checked_key(path: Path) -> str:
    """Read the key; BuildError where it is none."""
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.startswith(_FIRST_LINE):
        raise BuildError(
            f"{path} is no secret key of OpenPGP in ASCII armour.",
            "gpg --armor --export-secret-keys NAME > key.asc",
        )
    return text


def sign_checksums(sums: Path, key: str) -> Path:
    """Sign a file of checksums; give the signature's file, SHA256SUMS.asc."""
    if shutil.which("gpg") is None:
        raise BuildError("gpg is missing.", "apt-get install gnupg")
    signature = sums.with_name(f"{sums.name}.asc")
    # a short path, as gpg's agent listens on a socket in it
    with tempfile.TemporaryDirectory(prefix="gpg") as home:
        _gpg(home, "--import", stdin=key)
        try:
            out = ("--output", str(signature), str(sums))
            _gpg(home, "--yes", "--armor", "--detach-sign", *out)
        finally:
            _end_agent(home)
    return signature


def _gpg(home: str, *argv: str, stdin: str = "") -> None:
    whole = ["gpg", "--homedir", home, "--batch", "--quiet", *argv]
    done = subprocess.run(
        whole, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(
            "gpg could not sign the checksums.",
            done.stderr.strip() or "Try the key by hand; it must have no passphrase.",
        )


def _end_agent(home: str) -> None:
    argv = ["gpgconf", "--homedir", home, "--kill", "gpg-agent"]
    subprocess.run(argv, capture_output=True, check=False)
