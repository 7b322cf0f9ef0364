"""The MSI as it is built: the same bytes again, its tables, what it holds, its size."""

import json
import re
import secrets
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from installer import chroot, lock_file, source_hash
from installer.build import checksum
from installer.errors import BuildError
from installer.paths import REPOSITORY
from installer.windows import (
    authenticode,
    event_messages,
    layout,
    msi,
    powershell_module,
    product,
)
from installer.windows import root as builder
from installer.windows.build import build
from installer.windows.launchers import PROGRAMS
from installer.windows.layout import Feature
from installer.windows.pins import LOCK
from lab.chroot.progress import silent

# a root of its own, 120 MB of wheels, and the standard library compiled twice
pytestmark = pytest.mark.slow

VERSION = "9.9.9"
# bytes; the whole, and what a server without a desktop takes
MOST, MOST_OF_AGENT = 55_000_000, 25_000_000

_LIBRARIES = (".dll", ".exe", ".pyd")
# each is in System32
_OF_WINDOWS = {
    *("advapi32.dll", "authz.dll", "bcrypt.dll", "bcryptprimitives.dll"),
    *("comctl32.dll", "comdlg32.dll", "credui.dll", "crypt32.dll", "d3d11.dll"),
    *("d3d12.dll", "d3d9.dll", "dwmapi.dll", "dwrite.dll", "dxgi.dll", "gdi32.dll"),
    *("icuuc.dll", "imm32.dll", "iphlpapi.dll", "kernel32.dll", "mpr.dll"),
    *("msimg32.dll", "mswsock.dll", "netapi32.dll", "ntdll.dll", "ntdsapi.dll"),
    *("ole32.dll", "oleaut32.dll", "propsys.dll", "rpcrt4.dll", "secur32.dll"),
    *("setupapi.dll", "sfc.dll", "shell32.dll", "shlwapi.dll"),
    *("uiautomationcore.dll", "user32.dll", "userenv.dll", "uxtheme.dll"),
    *("version.dll", "winmm.dll", "ws2_32.dll", "wtsapi32.dll"),
}


@pytest.fixture(scope="module", autouse=True)
def _time() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an MSI in it, to which msitools of the builder's root are taken."""
    folder = tmp_path_factory.mktemp("msi")
    made, _bill = build(VERSION, silent)
    shutil.copyfile(made, folder / "made.msi")
    return folder


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    return msi.table(builder.ensure_root(silent), folder, "made.msi", table)


def test_a_second_build_gives_the_same_bytes(tmp_path: Path) -> None:
    sums: list[Mapping[str, str]] = []
    source_hash.copy(REPOSITORY, tmp_path / "first")
    source_hash.copy(tmp_path / "first", tmp_path / "second")
    for each in ("first", "second"):
        # packed by nobody, it keeps what was built before from being taken
        (tmp_path / each / "relay/salt").write_text(secrets.token_hex())
        files = build(VERSION, silent, repository=tmp_path / each)
        sums.append({path.name: checksum(path) for path in files})
    assert sums[0] == sums[1]


def test_it_is_no_larger_than_it_may_be(built: Path) -> None:
    assert (built / "made.msi").stat().st_size <= MOST
    agent, _bill = build(VERSION, silent, features=(Feature.AGENT,))
    assert agent.stat().st_size <= MOST_OF_AGENT


def test_the_tables_say_what_the_source_said(built: Path) -> None:
    properties = {each["Property"]: each["Value"] for each in rows(built, "Property")}
    assert properties["ProductVersion"] == VERSION
    assert properties["ALLUSERS"] == "1"
    assert "INSTALLFOLDER" in properties["SecureCustomProperties"].split(";")
    order = {
        each["Action"]: int(each["Sequence"])
        for each in rows(built, "InstallExecuteSequence")
    }
    assert order["AppSearch"] < order["LaunchConditions"] < order["CostInitialize"]
    last = [order[each] for each in ("InstallExecute", "RemoveExistingProducts")]
    assert [*last, order["InstallFinalize"]] == sorted(
        [*last, order["InstallFinalize"]]
    )
    assert order["PublishProduct"] < last[0]
    names = [each["Name"] for each in rows(built, "Environment")]
    assert sorted(names) == ["=-*PATH", "=-*PSModulePath"]
    assert not rows(built, "ServiceControl")
    files = {each["File"]: each["FileName"] for each in rows(built, "File")}
    actions = {each["Action"]: each for each in rows(built, "CustomAction")}
    for name in ("ServiceBack", "ServiceChange", "ServiceRemove"):
        assert files[actions[name]["Source"]].endswith("python.exe")
    assert order["InstallInitialize"] < order["ServiceRemove"] < order["RemoveFiles"]
    assert order["InstallFiles"] < order["ServiceBack"] < order["ServiceChange"]
    assert order["PublishProduct"] < order["ServiceBack"]
    assert order["ServiceChange"] < last[0]
    assert {each["Feature"] for each in rows(built, "Feature")} == {"Agent", "Desktop"}
    both = {each["ActionProperty"]: each for each in rows(built, "Upgrade")}
    # an older one and a newer one: what was chosen before is chosen again
    assert {int(each["Attributes"]) & 1 for each in both.values()} == {1}
    assert len(both) == 2


def test_the_tables_hold_together(built: Path) -> None:
    """What Windows' own checks (ICE) ask, as far as tables alone show it."""
    components = {each["Component"]: each for each in rows(built, "Component")}
    files, registry = rows(built, "File"), rows(built, "Registry")
    folders = {each["Directory"] for each in rows(built, "Directory")}
    keys = {each["File"]: each for each in files} | {
        each["Registry"]: each for each in registry
    }
    for each in components.values():
        # a key path, which is its own, in a folder that there is (ICE18, ICE33)
        assert keys[each["KeyPath"]]["Component_"] == each["Component"]
        assert each["Directory_"] in folders
        # 64 bit, all of them (ICE80)
        assert int(each["Attributes"]) & 0x100
    codes = [each["ComponentId"] for each in components.values()]
    assert len(set(codes)) == len(codes)
    places = [
        (components[each["Component_"]]["Directory_"], each["FileName"].casefold())
        for each in files
    ]
    # ICE30
    assert len(set(places)) == len(places)
    numbers = sorted(int(each["Sequence"]) for each in files)
    assert numbers == list(range(1, len(files) + 1))
    held = [each["Component_"] for each in rows(built, "FeatureComponents")]
    assert sorted(held) == sorted(components)
    for table in ("Shortcut", "Environment"):
        assert {each["Component_"] for each in rows(built, table)} <= set(components)


def test_every_action_has_a_time_of_its_own(built: Path) -> None:
    own = {each["Action"] for each in rows(built, "CustomAction")}
    order = rows(built, "InstallExecuteSequence")
    times = [each["Sequence"] for each in order]
    # ICE82, ICE27
    assert len(set(times)) == len(times)
    assert own <= {each["Action"] for each in order}


def test_the_product_and_its_shortcut_have_the_icon(built: Path) -> None:
    (icon,) = rows(built, "Icon")
    (shortcut,) = rows(built, "Shortcut")
    properties = {each["Property"]: each["Value"] for each in rows(built, "Property")}
    assert icon["Name"] == shortcut["Icon_"] == properties["ARPPRODUCTICON"]
    (name,) = rows(built, "MsiShortcutProperty")
    assert name["Shortcut_"] == shortcut["Shortcut"]
    assert name["PropVariantValue"] == product.SHELL_NAME


@pytest.fixture(scope="module")
def laid_out(built: Path) -> Path:
    """The folder of the version, as an installation would lay it out."""
    root = builder.ensure_root(silent)
    chroot.run(root, built, "msiextract", "-C", "/build/out", "/build/made.msi")
    (version,) = (built / "out").rglob(VERSION)
    return version


def test_every_file_is_there_with_its_checksum(laid_out: Path) -> None:
    found = {
        path.relative_to(laid_out).as_posix(): path
        for path in laid_out.rglob("*")
        if path.is_file()
    }
    listed = set(layout.SUMS.values())
    for feature, name in layout.SUMS.items():
        for line in found[name].read_text().splitlines():
            digest, _, file = line.partition("  ")
            # one feature may be there without the other
            assert layout.feature_of(file) is layout.feature_of(name) is feature
            assert checksum(found[file]) == digest, file
            listed.add(file)
    assert set(found) == listed
    assert not list(laid_out.rglob("*.py"))
    assert {each.file for each in PROGRAMS} <= listed
    assert event_messages.FILE in listed
    manifest = (laid_out / powershell_module.FOLDER / "Writeback.psd1").read_text()
    assert f"ModuleVersion = '{VERSION}'" in manifest


def test_what_its_libraries_load_is_in_it_or_of_windows(laid_out: Path) -> None:
    paths = [each for each in laid_out.rglob("*") if each.suffix in _LIBRARIES]
    assert len(paths) > 60
    root = builder.ensure_root(silent)
    inside = (f"/build/{each.relative_to(laid_out)}" for each in paths)
    told = chroot.run(root, laid_out, "x86_64-w64-mingw32-objdump", "-p", *inside)
    loaded = {
        each.lower() for each in re.findall(r"DLL Name: (\S+)", told, re.MULTILINE)
    }
    held = {each.name.lower() for each in paths}
    missing = {each for each in loaded - held if not each.startswith("api-ms-win-")}
    assert missing <= _OF_WINDOWS


def test_what_it_lists_of_itself_is_what_it_is_made_of(laid_out: Path) -> None:
    text = (laid_out / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    parts = {each["name"]: each for each in json.loads(text)["components"]}
    # what starts the programs is in them
    assert set(parts) - {"cpython"} == set(lock_file.versions(LOCK))
    assert all(each["hashes"] for each in parts.values())


def test_python_compiled_here_is_read_there(laid_out: Path) -> None:
    library = laid_out / layout.LIBRARY
    with zipfile.ZipFile(library) as archive:
        head = archive.read("asyncio/proactor_events.pyc")[:8]
    # the number of Python 3.13, and: never compared with a source
    assert head == (3571).to_bytes(2, "little") + b"\r\n" + (1).to_bytes(4, "little")
    modules = (laid_out / "lib/agent/__main__.pyc").read_bytes()
    assert modules[:8] == head


@pytest.fixture
def signer(tmp_path: Path) -> authenticode.Signer:
    """One that nobody knows, as who builds would give it."""
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subject = ("-subj", "/O=Somebody/CN=Somebody", "-days", "2")
    use = ("-addext", "extendedKeyUsage=codeSigning")
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *use]
    argv += ["-out", str(chain), "-keyout", str(key)]
    subprocess.run(argv, check=True, capture_output=True)
    with key.open("rb") as file:
        return authenticode.signer(chain, file.fileno())


def test_what_is_given_a_certificate_is_signed(
    built: Path, laid_out: Path, signer: authenticode.Signer, tmp_path: Path
) -> None:
    root, work = builder.ensure_root(silent), tmp_path / "work"
    work.mkdir()
    module = f"{powershell_module.FOLDER}/Writeback.psm1"
    sources = (laid_out / "writeback.exe", laid_out / module, built / "made.msi")
    files = [Path(shutil.copy(each, work)) for each in sources]
    authenticode.sign(root, work, files, signer, epoch=int(time.time()))
    for path in files:
        argv = ("osslsigncode", "verify", "-CAfile", "/build/signing.pem")
        said = chroot.run(root, work, *argv, "-in", f"/build/{path.name}")
        assert "Signature verification: ok" in said
    # the key is nowhere but in memory
    middle = signer.key.splitlines()[5]
    left = (path.read_bytes() for path in work.rglob("*") if path.is_file())
    assert not any(middle in each for each in left)


def test_what_somebody_else_has_signed_is_not_taken_for_pythons(
    laid_out: Path, signer: authenticode.Signer, tmp_path: Path
) -> None:
    root, work = builder.ensure_root(silent), tmp_path / "work"
    work.mkdir()
    theirs = work / "python.exe"
    shutil.copyfile(laid_out / "python/python.exe", theirs)
    authenticode.check(root, work, [theirs])
    changed = bytearray(theirs.read_bytes())
    changed[0x500] ^= 1
    (work / "changed.exe").write_bytes(changed)
    ours = work / "ours.exe"
    shutil.copyfile(laid_out / "writeback.exe", ours)
    authenticode.sign(root, work, [ours], signer, epoch=int(time.time()))
    for path in (work / "changed.exe", ours):
        with pytest.raises(BuildError, match="is not signed by Python"):
            authenticode.check(root, work, [path])
