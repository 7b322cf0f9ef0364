"""Makes .deb and .rpm of what was laid out, with nfpm."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from installer import chroot, signing
from installer.package_specs import LICENSE, MAINTAINER, Recipe
from installer.paths import INSTALLER
from installer.staging import Entry

Packager = Literal["deb", "rpm"]
PACKAGERS: tuple[Packager, ...] = ("deb", "rpm")
# Where zsh looks on Debian, and on the others.
_ZSH = ("/usr/share/zsh/vendor-completions/", "/usr/share/zsh/site-functions/")
# The names of our scripts, as each packager knows them, and nfpm's names for them.
SCRIPTS: dict[Packager, dict[str, str]] = {
    "deb": {"postinst": "postinstall", "prerm": "preremove", "postrm": "postremove"},
    "rpm": {"post": "postinstall", "preun": "preremove", "postun": "postremove"},
}


def file_name(recipe: Recipe, packager: Packager, version: str) -> str:
    """Name the file as the packager's world does."""
    if packager == "deb":
        return f"{recipe.name}_{version}_amd64.deb"
    return f"{recipe.name}-{version}-1.x86_64.rpm"


def config(
    recipe: Recipe,
    packager: Packager,
    contents: list[Entry],
    *,
    version: str,
    epoch: int,
    signed: bool = False,
) -> dict[str, Any]:
    """Give nfpm's configuration; paths are as in the builder's root.

    Source: https://nfpm.goreleaser.com/docs/configuration/
    """
    needs = recipe.deb if packager == "deb" else recipe.rpm
    time = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "name": recipe.name,
        "arch": "amd64",
        "platform": "linux",
        "version": version,
        "version_schema": "none",
        "release": "1" if packager == "rpm" else "",
        "section": recipe.section,
        "priority": "optional",
        "maintainer": MAINTAINER,
        "description": recipe.description,
        "license": LICENSE,
        "mtime": time,
        "depends": [each.format(version=version) for each in needs.depends],
        "recommends": list(needs.recommends),
        "scripts": _scripts(recipe, packager),
        "contents": [_content(recipe, packager, each, time) for each in contents],
        "deb": {"compression": "zstd:19", **_signature(signed)},
        "rpm": {
            "compression": "zstd:19",
            "buildhost": "localhost",
            **_signature(signed),
        },
    }


def _signature(signed: bool) -> dict[str, Any]:  # noqa: FBT001 - as `config` was asked
    key = f"/build/{signing.IN_THE_ROOT}"
    return {"signature": {"key_file": key}} if signed else {}


def pack(
    root: Path,
    work: Path,
    recipe: Recipe,
    contents: list[Entry],
    *,
    version: str,
    epoch: int,
    signed: bool = False,
) -> list[Path]:
    """Make the packages from `work`/RECIPE/ in the builder's root; give the files."""
    packages = []
    for packager in PACKAGERS:
        wish = config(
            recipe, packager, contents, version=version, epoch=epoch, signed=signed
        )
        config_name = f"{recipe.short}.{packager}.json"
        (work / config_name).write_text(json.dumps(wish, indent=1))
        name = file_name(recipe, packager, version)
        nfpm = ["nfpm", "package", "--packager", packager]
        nfpm += ["--config", f"/build/{config_name}", "--target", f"/build/{name}"]
        chroot.run(root, work, *nfpm, epoch=epoch)
        packages.append(work / name)
    return packages


def _scripts(recipe: Recipe, packager: Packager) -> dict[str, str]:
    folder = INSTALLER / "scripts" / recipe.short / packager
    here = f"/build/src/installer/scripts/{recipe.short}/{packager}"
    return {
        event: f"{here}/{name}"
        for name, event in SCRIPTS[packager].items()
        if (folder / name).is_file()
    }


def _content(
    recipe: Recipe, packager: Packager, entry: Entry, time: str
) -> dict[str, Any]:
    info: dict[str, Any] = {"owner": "root", "group": "root", "mtime": time}
    if entry.kind == "symlink":
        kind = {"src": entry.target, "type": "symlink"}
        return {**kind, "dst": entry.path, "file_info": info}
    info["mode"] = entry.mode
    if entry.kind == "dir":
        return {"dst": entry.path, "type": "dir", "file_info": info}
    path = entry.path
    if packager == "rpm":
        path = path.replace(*_ZSH)
    content = {"src": f"/build/{recipe.short}{entry.path}", "dst": path}
    if entry.kind == "config":
        content["type"] = "config|noreplace"
    return {**content, "file_info": info}
