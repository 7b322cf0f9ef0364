"""The MSI's source: every file once, versions side by side, what they share shared."""

import re
from xml.etree import ElementTree as ET

import pytest

from agent.platform.windows.event_journal import ALL_TYPES, SOURCE
from agent.platform.windows.service_host import msi_actions
from installer.errors import BuildError
from installer.windows import msi, product, wxs
from installer.windows.layout import Feature
from wizard.ui import application

FILES = [
    *("writeback.exe", "writeback-wizard.exe", "wbevents.dll", "SHA256SUMS"),
    *("python/python.exe", "lib/agent/__main__.pyc", "lib/wizard/ui/app.pyc"),
    *("lib/PySide6/QtCore.pyd", "lib/wizard/__main__.pyc"),
]
ICON = "/build/writeback.ico"
NAMESPACE = "{http://schemas.microsoft.com/wix/2006/wi}"


class Read:
    """A source, read again."""

    def __init__(self, version: str = "1.2.3", **options: tuple[Feature, ...]) -> None:
        self.text = wxs.Source(version, FILES, "/build/stage", ICON, **options).text()
        self.root = ET.fromstring(self.text)  # noqa: S314 - our own

    def all(self, tag: str) -> list[ET.Element]:
        return list(self.root.iter(f"{NAMESPACE}{tag}"))

    def ids(self, tag: str) -> list[str]:
        return [each.attrib["Id"] for each in self.all(tag)]

    def codes(self) -> dict[str, str]:
        return {
            each.attrib["Id"]: each.attrib["Guid"] for each in self.all("Component")
        }


def test_every_file_is_there_once() -> None:
    sources = [each.attrib["Source"] for each in Read().all("File")]
    assert sorted(sources) == sorted(f"/build/stage/{name}" for name in FILES)


def test_every_id_is_one_of_its_own_and_the_same_again() -> None:
    read = Read()
    for tag in ("File", "Component", "Directory"):
        assert len(set(read.ids(tag))) == len(read.ids(tag)), tag
    assert len(set(read.codes().values())) == len(read.codes())
    assert read.text == Read().text


def test_every_component_is_in_the_feature_of_its_files() -> None:
    read = Read()
    features = {
        each.attrib["Id"]: {ref.attrib["Id"] for ref in each}
        for each in read.all("Feature")
    }
    assert set().union(*features.values()) == set(read.codes())
    assert not set.intersection(*features.values())
    window = {
        component.attrib["Id"]
        for component in read.all("Component")
        if any("wizard.exe" in file.get("Source", "") for file in component)
    }
    assert window <= features["Desktop"]


def test_every_reference_is_to_something_that_is_there() -> None:
    read = Read()
    refs = [each.attrib["Id"] for each in read.all("ComponentRef")]
    # in one feature each: what two have goes with neither
    assert sorted(refs) == sorted(read.ids("Component"))
    for each in (*read.all("Shortcut"),):
        assert each.get("Directory") in read.ids("Directory")
        assert each.get("WorkingDirectory") in read.ids("Directory")
    # a name as Windows Installer takes it (ICE03)
    for tag in ("File", "Component", "Directory", "Property", "Feature"):
        for name in read.ids(tag):
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,71}", name)


def test_no_two_files_have_one_place() -> None:
    places = [
        (folder.attrib["Id"], (file.get("Name") or "").casefold())
        for folder in Read().all("Directory")
        for component in folder
        for file in component
        if file.tag == f"{NAMESPACE}File"
    ]
    assert len(set(places)) == len(places) == len(FILES)


def test_every_component_has_one_key_path() -> None:
    for component in Read().all("Component"):
        marked = [each for each in component if each.get("KeyPath") == "yes"]
        assert len(marked) == 1


def test_versions_lie_side_by_side_and_share_what_stays() -> None:
    old, new = Read("1.2.3"), Read("1.2.4")
    folders = [
        next(
            each for each in read.all("Directory") if each.get("Id") == "VERSIONFOLDER"
        )
        for read in (old, new)
    ]
    assert [each.get("Name") for each in folders] == ["1.2.3", "1.2.4"]
    shared = set(old.codes().values()) & set(new.codes().values())
    holding = {
        component.attrib["Guid"]: {
            each.tag.removeprefix(NAMESPACE) for each in component
        }
        for component in new.all("Component")
    }
    # a version that goes takes neither the service nor the shortcut from one that stays
    assert sorted(map(sorted, (holding[code] for code in shared))) == [
        ["RegistryValue"],
        ["RegistryValue"],
        ["RegistryValue", "Shortcut"],
    ]
    assert not any("File" in holding[code] for code in shared)
    codes = [read.all("Product")[0].attrib for read in (old, new)]
    assert codes[0]["Id"] != codes[1]["Id"]
    assert codes[0]["UpgradeCode"] == codes[1]["UpgradeCode"]


def test_the_service_is_nothing_that_windows_installer_makes_or_stops() -> None:
    read = Read()
    # by its name alone, whoever made it
    assert read.all("ServiceInstall") == read.all("ServiceControl") == []


def action(name: str) -> tuple[str, str]:
    """Give what an action is, and when it comes."""
    wished = list(msi.queries(wxs.Source("1.2.3", FILES, "/build/stage", ICON)))
    what, when = (each for each in wished if f"('{name}', " in each)
    return what, when


SERVICE_ACTIONS = ("ServiceBack", "ServiceChange", "ServiceRemove")


@pytest.mark.parametrize("name", SERVICE_ACTIONS)
def test_an_action_runs_the_interpreter_of_its_own_version(name: str) -> None:
    read = Read()
    (file,) = (
        each.attrib["Id"]
        for each in read.all("File")
        if each.get("Source", "").endswith("python/python.exe")
    )
    what, _ = action(name)
    assert f"'{file}', '-I -m {msi_actions.__name__} " in what
    # one that ends in a backslash would take the quotes with it
    assert '--from "[PREVIOUSFOLDER]."' in what
    (known,) = (
        each for each in read.all("Property") if each.get("Id") == "PREVIOUSFOLDER"
    )
    assert known.get("Secure") == "yes"


def test_the_service_goes_over_before_the_version_before_goes() -> None:
    kinds = {
        name: int(re.findall(r"', (\d+), '", action(name)[0])[0])
        for name in SERVICE_ACTIONS
    }
    times = {
        name: int(action(name)[1].split(", ")[-1].rstrip(")"))
        for name in SERVICE_ACTIONS
    }
    deferred, as_system, rolled_back, anyhow = 0x400, 0x800, 0x100, 0x40
    for kind in kinds.values():
        assert kind & 0x3F == 18
        assert kind & deferred
        assert kind & as_system
    assert kinds["ServiceBack"] & rolled_back
    # a version that does not serve is not installed; one that goes is not kept
    assert not kinds["ServiceChange"] & (anyhow | rolled_back)
    assert kinds["ServiceRemove"] & anyhow
    # after the files and registry, and before it is all done and the other removed
    assert 5000 < times["ServiceBack"] < times["ServiceChange"] < 6500
    # before registry and files are removed
    assert times["ServiceRemove"] < 2600


def test_the_service_goes_with_the_product_alone() -> None:
    for name in ("ServiceRemove", "SayWhatIsLeft"):
        assert """'REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE'""" in action(name)[1]
    for name in ("ServiceBack", "ServiceChange"):
        assert "'NOT REMOVE'" in action(name)[1]
    values = {each.attrib["Id"]: each.get("Value") for each in Read().all("Property")}
    for text in (action("SayWhatIsLeft")[0], values["ARPCOMMENTS"]):
        assert "`writeback remove`" in str(text)
        assert "in the directory" in str(text)


def test_nothing_is_restarted_and_a_folder_is_kept_at_an_upgrade() -> None:
    values = {each.attrib["Id"]: each.get("Value") for each in Read().all("Property")}
    assert values["REBOOT"] == "ReallySuppress"
    assert values["MSIRESTARTMANAGERCONTROL"] == "Disable"
    found = [
        each.get("Key")
        for each in Read().all("RegistrySearch")
        if each.get("Name") == "InstallFolder"
    ]
    # for where it goes, and for where the version before lies
    assert found == 2 * [r"SOFTWARE\Writeback"]


def test_the_event_source_names_the_library_of_the_version() -> None:
    values = {each.get("Name"): each for each in Read().all("RegistryValue")}
    file = values["EventMessageFile"]
    assert file.get("Key", "").endswith(rf"\EventLog\Application\{SOURCE}")
    # as `verify` reads it back
    assert values["TypesSupported"].get("Value") == str(ALL_TYPES)
    assert values["TypesSupported"].get("Key") == file.get("Key")
    assert file.get("Value") == "[VERSIONFOLDER]wbevents.dll"
    assert "/build/stage/wbevents.dll" in {
        each.get("Source") for each in Read().all("File")
    }


def test_the_agent_alone_has_nothing_of_the_window() -> None:
    text = Read(features=(Feature.AGENT,)).text
    for word in ("wizard.exe", "PySide6", "Shortcut", "ProgramMenuFolder", "Desktop"):
        assert word not in text


@pytest.mark.parametrize(
    ("version", "ordered"),
    [("0.1.0", "0.1.0"), ("1.2", "1.2.0"), ("12.0.345", "12.0.345")],
)
def test_a_version_is_ordered_by_its_numbers(version: str, ordered: str) -> None:
    assert product.msi_version(version) == ordered


@pytest.mark.parametrize(
    "version", ["0.2.0~rc1", "1", "128.1.0", "1.256.0", "1.0.70000", "1.2.3.4"]
)
def test_a_version_that_windows_would_take_for_another_is_refused(version: str) -> None:
    with pytest.raises(BuildError, match="no version that an MSI can have"):
        product.msi_version(version)


def test_the_version_before_goes_when_the_new_one_is_there() -> None:
    source = wxs.Source("1.2.3", FILES, "/build/stage", ICON)
    wished = list(msi.queries(source))
    # Windows Installer takes it there alone between these two (or far earlier)
    assert any("('InstallExecute', 6500)" in each for each in wished)
    assert any(
        "`Sequence` = 6550 WHERE `Action` = 'RemoveExistingProducts'" in each
        for each in wished
    )
    # a condition that no action looks at would be none
    assert any(f"WINDOWSBUILD >= {product.OLDEST_BUILD}" in each for each in wished)
    assert sum("('LaunchConditions', 100)" in each for each in wished) == 2


def test_a_newer_version_gives_way_as_an_older_one_does() -> None:
    source = wxs.Source("1.2.3", FILES, "/build/stage", ICON)
    (row,) = (each for each in msi.queries(source) if "INTO `Upgrade`" in each)
    code = f"{{{str(product.UPGRADE_CODE).upper()}}}"
    assert f"('{code}', '1.2.3', '127.255.65535', 1, 'WIX_DOWNGRADE_DETECTED')" in row


def test_the_path_is_of_the_programs_and_goes_with_them() -> None:
    read, source = Read(), wxs.Source("1.2.3", FILES, "/build/stage", ICON)
    rows = [each for each in msi.queries(source) if "INTO `Environment`" in each]
    (component,) = (
        each for each in read.all("Component") if each.get("Id") == source.programs
    )
    assert "/build/stage/writeback.exe" in {each.get("Source") for each in component}
    path, modules = rows
    assert f"'=-*PATH', '[~];[VERSIONFOLDER]', '{source.programs}'" in path
    # the folder above that of the module
    where = f"'[~];[VERSIONFOLDER]powershell', '{source.programs}'"
    assert f"'=-*PSModulePath', {where}" in modules


def test_the_icon_is_of_the_product_and_of_its_shortcut() -> None:
    read = Read()
    (icon,) = read.all("Icon")
    (shortcut,) = read.all("Shortcut")
    shown = {each.get("Id"): each.get("Value") for each in read.all("Property")}
    assert icon.attrib["SourceFile"] == ICON
    assert icon.attrib["Id"] == shortcut.attrib["Icon"] == shown["ARPPRODUCTICON"]
    # as what it starts: or Windows offers what it offers for a document
    assert shortcut.attrib["Target"].endswith(".exe") == (
        icon.attrib["Id"].endswith(".exe")
    )


def test_the_shortcut_and_the_window_have_one_name() -> None:
    assert application.SHELL_NAME == product.SHELL_NAME
    source = wxs.Source("1.2.3", FILES, "/build/stage", ICON)
    (row,) = (each for each in msi.queries(source) if "INTO `MsiShortcut" in each)
    assert f"'StartMenu', 'System.AppUserModel.ID', '{product.SHELL_NAME}'" in row
    alone = wxs.Source("1.2.3", FILES, "/build/stage", ICON, (Feature.AGENT,))
    assert not any("MsiShortcut" in each for each in msi.queries(alone))
