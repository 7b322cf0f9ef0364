"""Makes the MSI of its source, in the builder's root, the same bytes each time.

wixl makes the tables and the cabinet; what it has no words for is put into the tables
afterwards: the launch condition, and that the version before goes last, when the new
one is there, so that what both have is never away.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from installer import chroot
from installer.windows import powershell_module, product
from installer.windows.wxs import Source

_NEEDS = (
    f"Installed OR (VersionNT64 AND WINDOWSBUILD >= {product.OLDEST_BUILD})",
    "Writeback needs Windows Server 2019, Windows 10 1809, or newer, for x64.",
)
_SECURE = "INSTALLFOLDER;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED"
_MIGRATE_FEATURES = 1
_SEQUENCES = ("InstallExecuteSequence", "InstallUISequence")
_INSERT = "INSERT INTO `{}` ({}) VALUES ({})"
_DELETE = "DELETE FROM `{}` WHERE {}"
_UPDATE = "UPDATE `{}` SET {} WHERE {}"


def queries(source: Source) -> Iterator[str]:
    """Give what is done to the tables that wixl makes of a source."""
    yield _insert("LaunchCondition", Condition=_NEEDS[0], Description=_NEEDS[1])
    for each in _SEQUENCES:
        yield _insert(each, Action="LaunchConditions", Sequence=100)
    # Between InstallExecute, which has to stand there then, and InstallFinalize.
    yield _insert(_SEQUENCES[0], Action="InstallExecute", Sequence=6500)
    last = "`Action` = 'RemoveExistingProducts'"
    yield _UPDATE.format(_SEQUENCES[0], "`Sequence` = 6550", last)
    secure = "`Property` = 'SecureCustomProperties'"
    yield _UPDATE.format("Property", f"`Value` = '{_SECURE}'", secure)
    # So that `writeback` and the module are found by an administrator's prompt. wixl
    # would give them ids by chance, and leave them there when the product goes.
    for action, at in (("Remove", 3300), ("Write", 5200)):
        name = f"{action}EnvironmentStrings"
        yield _insert(_SEQUENCES[0], Action=name, Sequence=at)
    searched = f"[VERSIONFOLDER]{powershell_module.SEARCHED}"
    for name, folder in (("PATH", "[VERSIONFOLDER]"), ("PSModulePath", searched)):
        yield _insert(
            "Environment",
            Environment=f"Search{name}",
            # for the machine, taken away again, beside what others have there
            Name=f"=-*{name}",
            Value=f"[~];{folder}",
            Component_=source.programs,
        )
    # a newer one is found by a range that ends: Wine takes none for nothing
    newer = "WIX_DOWNGRADE_DETECTED"
    yield _DELETE.format("Upgrade", f"`ActionProperty` = '{newer}'")
    yield _insert(
        "Upgrade",
        UpgradeCode=f"{{{str(product.UPGRADE_CODE).upper()}}}",
        VersionMin=product.msi_version(source.version),
        VersionMax=".".join(map(str, product.HIGHEST)),
        Attributes=_MIGRATE_FEATURES,
        ActionProperty=newer,
    )


def _insert(table: str, **row: str | int) -> str:
    names = ", ".join(f"`{each}`" for each in row)
    values = (each if isinstance(each, int) else f"'{each}'" for each in row.values())
    return _INSERT.format(table, names, ", ".join(map(str, values)))


def make(root: Path, work: Path, source: Source, *, code: UUID, epoch: int) -> Path:
    """Give the MSI of a source that names files below `work`; `code` is the package's.

    `epoch` is the time that it and its files are given, in seconds since 1970.
    """
    (work / "writeback.wxs").write_text(source.text(), encoding="utf-8")
    made = work / "writeback.msi"
    inside = f"/build/{made.name}"
    argv = ("wixl", "-a", "x64", "-o", inside, "/build/writeback.wxs")
    _at(epoch, root, work, *argv)
    wishes = queries(source)
    summary = (
        *("-s", f"{product.NAME} {source.version}", product.MAINTAINER),
        *("x64;1033", f"{{{str(code).upper()}}}"),
    )
    for wish in (*(("-q", each) for each in wishes), summary):
        _at(epoch, root, work, "msibuild", inside, *wish)
    return made


def table(root: Path, work: Path, msi: str, name: str) -> list[dict[str, str]]:
    """Give the rows of a table of an MSI in `work`, by the names of the columns."""
    text = chroot.run(root, work, "msiinfo", "export", f"/build/{msi}", name)
    columns, _types, _keys, *rows = (each.split("\t") for each in text.splitlines())
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _at(epoch: int, root: Path, work: Path, *argv: str) -> None:
    """Run with a clock that stands; the times of files are as they are."""
    clock = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S")
    environment = ("env", "NO_FAKE_STAT=1", "faketime", "-f", clock)
    chroot.run(root, work, *environment, *argv, epoch=epoch)
