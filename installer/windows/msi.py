"""Makes the MSI of its source, in the builder's root, the same bytes each time.

wixl makes the tables and the cabinet; what it has no words for is put into the tables
afterwards: the launch condition, and that the version before goes last, when the new
one is there, so that what both have is never away.

Before it goes, the service is handed over to the new version, which a program of that
version does (`agent.platform.windows.service_host.msi_actions`), as SYSTEM. Looked at
was the table ServiceControl: it stops and deletes by the name alone, whoever made the
service, and knows no hand-over.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from installer import chroot
from installer.windows import powershell_module, product
from installer.windows.layout import Feature
from installer.windows.wxs import Source

_NEEDS = (
    f"Installed OR (VersionNT64 AND WINDOWSBUILD >= {product.OLDEST_BUILD})",
    "Writeback needs Windows Server 2019, Windows 10 1809, or newer, for x64.",
)
_SECURE = (
    "INSTALLFOLDER;PREVIOUSFOLDER;WINDOWSBUILD"
    ";WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED"
)
_MIGRATE_FEATURES = 1
_SEQUENCES = ("InstallExecuteSequence", "InstallUISequence")
# A program that is installed (18), in the script and not as who installs (3072); and
# when that is rolled back (256), or whatever it answers (64). 51: a property.
_PROGRAM, _ROLLED_BACK, _ANYHOW, _PROPERTY = 18 | 3072, 256, 64, 51
_RUNS = "-I -m agent.platform.windows.service_host.msi_actions"
_GOES = 'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE'
_STAYS = "NOT REMOVE"
_LEFT = (
    "What was made in the directory and at the portal is there still, and so is "
    "ProgramData\\Writeback, unless `writeback remove` was run before."
)
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
    yield from _actions(source)
    if Feature.DESKTOP in source.features:
        yield from _SHORTCUT
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


def _actions(source: Source) -> Iterator[str]:
    """Give what is done to the service, each with its time and condition.

    The roll-back's stands before what it takes back. All are after the files, and
    before the version of before is taken away.
    """
    found = '--from "[PREVIOUSFOLDER]."'  # without the dot it would end in \\"
    goes, of = _PROGRAM | _ANYHOW, source.interpreter
    back, change, remove = (f"{_RUNS} {each}" for each in ("back", "change", "remove"))
    for name, kind, of_what, target in (
        ("ServiceBack", goes | _ROLLED_BACK, of, f"{back} {found}"),
        ("ServiceChange", _PROGRAM, of, f"{change} {found}"),
        ("ServiceRemove", goes, of, f"{remove} {found}"),
        # for the log
        ("SayWhatIsLeft", _PROPERTY, "WHATISLEFT", _LEFT),
    ):
        yield _insert(
            "CustomAction", Action=name, Type=kind, Source=of_what, Target=target
        )
    for name, condition, at in (
        ("ServiceBack", _STAYS, 6410),
        ("ServiceChange", _STAYS, 6420),
        ("SayWhatIsLeft", _GOES, 2580),
        # as long as the source of its events is known
        ("ServiceRemove", _GOES, 2590),
    ):
        yield _insert(_SEQUENCES[0], Action=name, Condition=condition, Sequence=at)


def _insert(table: str, **row: str | int) -> str:
    names = ", ".join(f"`{each}`" for each in row)
    values = (each if isinstance(each, int) else f"'{each}'" for each in row.values())
    return _INSERT.format(table, names, ", ".join(map(str, values)))


# wixl knows of no such table
_SHORTCUT_PROPERTIES = (
    "CREATE TABLE `MsiShortcutProperty` (`MsiShortcutProperty` CHAR(72) NOT NULL, "
    "`Shortcut_` CHAR(72) NOT NULL, `PropertyKey` LONGCHAR NOT NULL, "
    "`PropVariantValue` LONGCHAR NOT NULL PRIMARY KEY `MsiShortcutProperty`)"
)
# so that the task bar has one button for the shortcut, pinned, and its window
_SHORTCUT = (
    _SHORTCUT_PROPERTIES,
    _insert(
        "MsiShortcutProperty",
        MsiShortcutProperty="ShellName",
        Shortcut_="StartMenu",
        PropertyKey="System.AppUserModel.ID",
        PropVariantValue=product.SHELL_NAME,
    ),
)


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
