"""Build the packages: .deb and .rpm of agent, wizard, relay, portal; or the MSI."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from installer import signing, vulnerabilities
from installer.build import build, checksum
from installer.errors import BuildError
from installer.package_specs import RECIPES
from installer.paths import DIST
from installer.windows import authenticode
from installer.windows.build import build as build_msi
from installer.windows.pins import LOCK as WINDOWS_LOCK
from lab.chroot.progress import spoken

SUMS = "SHA256SUMS"


def main() -> int:
    """Build, put the files into the output folder and say how large they are."""
    options = _parser().parse_args()
    try:
        key = signing.checked_key(options.sign_key) if options.sign_key else ""
        files = _msi(options) if options.windows else _packages(options, key)
        copied = _copy(files, options.out)
        if key:
            signing.sign_checksums(options.out / SUMS, key)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    if not copied:
        print(f"Nothing has changed: {options.out} holds packages of these sources.")
    for path in files:
        size = path.stat().st_size / 1_000_000
        print(f"{size:6.1f} MB  {options.out / path.name}")
    return 0


def _packages(options: argparse.Namespace, key: str) -> list[Path]:
    names = [options.package] if options.package else list(RECIPES)
    if options.audit:
        vulnerabilities.look_up(spoken())
    return build(names, options.version, spoken(), sign_key=key)


def _msi(options: argparse.Namespace) -> list[Path]:
    if options.package:
        raise BuildError(
            f"--windows builds one MSI, not {options.package} alone.",
            "What of it is installed is chosen then: ADDLOCAL=Agent",
        )
    signer = None
    if options.certificate:
        signer = authenticode.signer(options.certificate, options.key_fd)
    if options.audit:
        vulnerabilities.look_up(spoken(), lock=WINDOWS_LOCK)
    return build_msi(options.version, spoken(), signer=signer)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev build", description=__doc__)
    parser.add_argument("package", nargs="?", choices=list(RECIPES), help="one only")
    parser.add_argument("--version", help="other than the project's, to try an upgrade")
    parser.add_argument(
        *("--out",), type=Path, default=DIST, help=f"folder (default: {DIST.name}/)"
    )
    named = os.environ.get("WRITEBACK_SIGN_KEY")
    parser.add_argument(
        "--sign-key",
        type=Path,
        default=Path(named) if named else None,
        metavar="FILE",
        help="sign packages and checksums with this secret key of OpenPGP (default: "
        "WRITEBACK_SIGN_KEY, else nothing is signed)",
    )
    parser.add_argument(
        "--windows", action="store_true", help="the MSI for Windows, and its SBOM"
    )
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="with --windows: sign by this certificate, and those above it, in PEM",
    )
    parser.add_argument(
        "--key-fd",
        type=int,
        default=0,
        metavar="N",
        help="the file descriptor that its private key comes from (default: 0, "
        "standard input)",
    )
    parser.add_argument(
        "--no-audit",
        dest="audit",
        action="store_false",
        help="look up no known vulnerabilities",
    )
    return parser


def _copy(files: list[Path], out: Path) -> bool:
    """Copy what differs, and note the checksums of all; whether anything was."""
    out.mkdir(parents=True, exist_ok=True)
    sums = {path.name: checksum(path) for path in files}
    new = [path for path in files if not _same(out / path.name, sums[path.name])]
    for path in new:
        shutil.copyfile(path, out / path.name)
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    # in the form that sha256sum --check reads
    (out / SUMS).write_text(listed)
    return bool(new)


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and checksum(path) == digest


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
