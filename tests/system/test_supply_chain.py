"""What built packages list, and how their receivers prove where they are from."""

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from agent.config.settings_file import parse
from installer.__main__ import SUMS, main
from installer.documents import GUIDE_BY
from installer.package_specs import RECIPES
from installer.paths import BUILD, SOURCES, SOURCES_OF
from installer.staging import GUIDE_IN
from tests.fixtures.packages import Packages, built
from tests.fixtures.signing_key import SigningKey

# debsig-verify(1); the package says itself which of the keys is looked for
_POLICY = """\
<Policy xmlns="https://www.debian.org/debsig/1.0/">
<Origin Name="Writeback" id="{id}"/>
<Selection><Required Type="origin" File="public.gpg" id="{id}"/></Selection>
<Verification><Required Type="origin" File="public.gpg" id="{id}"/></Verification>
</Policy>
"""
# what the builder's Python has of its own and a newer one, which runs this, has not
_OLDER_PYTHONS = ("_bootsubprocess",)
# what lies in a package and is no module: the scripts that search the guide
_ELSEWHERE = {GUIDE_IN: (GUIDE_BY,)}


@pytest.fixture(scope="module")
def packages() -> Packages:
    return built()


def unpacked(package: Path, folder: Path) -> tuple[Path, Path]:
    """Give the folders of a package's modules and its documents."""
    name = package.name.partition("_")[0]
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    modules = folder / "usr/lib" / name / "_internal"
    return modules, folder / "usr/share/doc" / name


def others_in(modules: Path) -> set[str]:
    """Name the modules that lie there and are neither ours nor Python's own."""
    # the loadable parts of Python lie in a folder of its version
    own = {*SOURCES, *sys.stdlib_module_names, *_OLDER_PYTHONS, "python3"}
    lying = [path for path in modules.iterdir() if path.suffix != ".dist-info"]
    names = {path.name.partition(".")[0] for path in lying}
    libraries = {path.name.partition(".")[0] for path in modules.glob("lib*.so*")}
    more = ("_pyi", "_sysconfigdata")
    return {each for each in names - own - libraries if not each.startswith(more)}


def distributions_of(module: str, wheels: set[str]) -> set[str]:
    """Name what a module is of, as this machine's Python says, or else by its name."""
    known = packages_distributions().get(module)
    if known is None:
        # of the older Python in the package alone, as backports.tarfile is
        name = canonicalize_name(module)
        return {name, *(each for each in wheels if each.startswith(f"{name}-"))}
    return {canonicalize_name(each) for each in known}


@pytest.mark.parametrize("short", RECIPES)
def test_the_sbom_is_valid_and_of_what_lies_there(
    packages: Packages, short: str, tmp_path: Path
) -> None:
    modules, doc = unpacked(getattr(packages, f"{short}_deb"), tmp_path)
    text = (doc / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    purls = [each["purl"] for each in json.loads(text)["components"]]
    wheels = {each.split("/")[1].partition("@")[0] for each in purls if "pypi" in each}
    listed: set[str] = set()
    for module in others_in(modules):
        of = distributions_of(module, wheels)
        assert of & wheels, f"{module} is in the package, and not on its list"
        listed |= of
    assert wheels - listed == {"pyinstaller", *_ELSEWHERE.get(short, ())}
    debian = {each.split("/")[2].partition("@")[0] for each in purls if "deb/" in each}
    assert {"libpython3.11", "libssl3", "zlib1g"} <= debian
    shared = [path for path in modules.glob("lib*.so*") if not path.is_symlink()]
    assert len(debian) + 1 == len(shared)  # libcrypto and libssl are of one package


@pytest.mark.parametrize("short", RECIPES)
def test_programs_are_made_of_what_their_hash_is_of(
    packages: Packages, short: str, tmp_path: Path
) -> None:
    modules, _ = unpacked(getattr(packages, f"{short}_deb"), tmp_path)
    ours = {name for name in SOURCES if (modules / name).exists()}
    assert ours <= set(SOURCES_OF[short])


def test_documents_are_in_the_packages(packages: Packages, tmp_path: Path) -> None:
    _, doc = unpacked(packages.agent_deb, tmp_path)
    # a commented first settings file, which is one as it is
    text = (doc / "site.yaml").read_text()
    assert text.count("\n#") > 10
    assert parse(text).agent == "srv1"
    _, doc = unpacked(packages.relay_deb, tmp_path)
    for name in ("relay.md", "wire.md"):
        assert (doc / name).read_text().startswith("# ")
    _, doc = unpacked(packages.portal_deb, tmp_path)
    assert (doc / "portal.md").read_text().startswith("# ")


def signed(key: SigningKey, out: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Build the relay's packages by the command, as a release does."""
    argv = ["build", "relay", "--no-audit", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", [*argv, "--sign-key", str(key.secret)])
    assert main() == 0
    return sorted(out.glob("writeback-relay*"))


def damaged(package: Path) -> Path:
    """Copy a package with one bit of it turned, deep in its content."""
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 1
    path = package.with_name(f"damaged-{package.name}")
    path.write_bytes(content)
    return path


def test_packages_are_signed_with_the_key_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SigningKey.make(tmp_path)
    rpm, deb = signed(key, tmp_path / "dist", monkeypatch)
    sums = tmp_path / "dist" / SUMS
    assert key.verifies(sums.with_name(f"{SUMS}.asc"), sums)
    check = ["sha256sum", "--check", "--strict", SUMS]
    subprocess.run(check, cwd=sums.parent, check=True, capture_output=True)
    assert takes_deb(key, deb, tmp_path)
    assert not takes_deb(key, damaged(deb), tmp_path)
    database = tmp_path / "rpm"
    assert not takes_rpm(database, rpm)  # its key is not known yet
    subprocess.run([*rpmkeys(database), "--import", str(key.public)], check=True)
    assert takes_rpm(database, rpm)
    assert not takes_rpm(database, damaged(rpm))
    # nothing of the secret is kept where packages are
    assert list((BUILD / "packages").rglob("*.asc")) == []


def takes_deb(key: SigningKey, deb: Path, folder: Path) -> bool:
    short = key.fingerprint[-16:]
    policies, keyrings = folder / "policies", folder / "keyrings"
    for each in (policies / short, keyrings / short):
        each.mkdir(parents=True, exist_ok=True)
    (policies / short / "writeback.pol").write_text(_POLICY.format(id=short))
    ring = keyrings / short / "public.gpg"
    dearmor = ["gpg", "--batch", "--yes", "--dearmor", "--output", str(ring)]
    subprocess.run([*dearmor, str(key.public)], check=True)
    where = ["--policies-dir", str(policies), "--keyrings-dir", str(keyrings)]
    argv = ["debsig-verify", *where, str(deb)]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def rpmkeys(database: Path) -> list[str]:
    return ["rpmkeys", "--dbpath", str(database)]


def takes_rpm(database: Path, package: Path) -> bool:
    argv = [*rpmkeys(database), "--checksig", str(package)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.returncode == 0 and "signatures OK" in done.stdout
