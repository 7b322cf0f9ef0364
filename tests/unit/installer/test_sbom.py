"""What a package lists of itself is what lies in it."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from installer import lock_file, sbom
from installer.frozen_works import DebianLibrary, FrozenWorks, name_of, works_in
from installer.package_specs import AGENT


def frozen(folder: Path, *names: str) -> FrozenWorks:
    """Look through a folder that looks as if PyInstaller had frozen these files."""
    for name in ("start", *(f"_internal/{each}" for each in names)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return works_in(folder)


def test_what_a_package_holds_is_read_from_its_programs(tmp_path: Path) -> None:
    works = frozen(
        *(tmp_path, "aiohttp/__init__.pyc", "yaml/_yaml.so", "json/__init__.pyc"),
        *("relay/database/store.pyc", "libz.so.1"),
    )
    # what starts the programs is in them where it is installed: in the builder's root
    names = {name_of(each) for each in works.wheels}
    assert names - {"pyinstaller"} == {"aiohttp"}
    assert [each.name for each in works.libraries] == ["zlib1g"]


def test_a_library_that_is_nobodys_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        frozen(tmp_path, "libnobody-knows.so.1")


def test_an_sbom_lists_what_a_package_holds(tmp_path: Path) -> None:
    works = frozen(tmp_path, "ldap3/__init__.pyc", "aiohttp/web.pyc")
    works = replace(works, libraries=[DebianLibrary("libc6", "2.36-9")])
    text = sbom.of_package(AGENT, works, "1.2.3", 1_700_000_000)
    assert text == sbom.of_package(AGENT, works, "1.2.3", 1_700_000_000)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    assert told["metadata"]["component"]["version"] == "1.2.3"
    purls = {each["purl"] for each in told["components"]}
    assert f"pkg:pypi/ldap3@{lock_file.versions()['ldap3']}" in purls
    assert "pkg:deb/debian/libc6@2.36-9" in purls
    assert not any("pyside6" in each or "keyring" in each for each in purls)
    (aiohttp,) = (each for each in told["components"] if each["name"] == "aiohttp")
    digests = [each["content"] for each in aiohttp["hashes"]]
    assert digests == list(lock_file.hashes()["aiohttp"])
