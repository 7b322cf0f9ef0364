"""The MSI's source, for wixl: files, folders, features, and a few things around them.

Every id and code is made of a name: the same input is the same text. A version lies in
a folder of its own and has components of its own, so that nothing in use is written
over. What all versions share (the event source, the shortcut, where it is installed)
keeps its component's code: a version that goes does not take it from one that stays.
The service is the wizard's: what is done to it stands in `msi`, as actions.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from installer.windows import product
from installer.windows.event_messages import FILE as EVENTS
from installer.windows.layout import Feature, feature_of

_NAMESPACE = "http://schemas.microsoft.com/wix/2006/wi"
_EVENT_SOURCE = (
    rf"SYSTEM\CurrentControlSet\Services\EventLog\Application\{product.NAME}"
)
_BUILDS = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_TITLES = {
    Feature.AGENT: "Agent and command line",
    Feature.DESKTOP: "Desktop wizard",
}
# errors, warnings and information are what the source writes
_TYPES = 7
# Named as what a shortcut to it starts: Windows takes it for a document else.
ICON = "writeback.exe"
PROPERTIES = {
    "ARPPRODUCTICON": ICON,
    "ARPNOMODIFY": "1",
    "ARPCONTACT": product.MAINTAINER,
    "ARPCOMMENTS": "Run `writeback remove` before you remove this: it takes away what "
    "was made in the directory and at the portal.",
    # no service is stopped and no machine restarted for files that are in use
    "MSIRESTARTMANAGERCONTROL": "Disable",
    "REBOOT": "ReallySuppress",
}


@dataclass(slots=True)
class _Folder:
    """A folder of the version, with what lies in it, by name."""

    folders: dict[str, "_Folder"] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Source:
    """The source of one MSI.

    `files` are paths below the folder of the version, `where` the folder that they lie
    in when wixl runs, `icon` the file of the icon then.
    """

    def __init__(
        self,
        version: str,
        files: Iterable[str],
        where: str,
        icon: str,
        features: Iterable[Feature] = tuple(Feature),
    ) -> None:
        self.version, self._where, self._icon = version, where, icon
        self._features: Mapping[Feature, list[str]] = {each: [] for each in features}
        self._files = sorted(
            each for each in files if feature_of(each) in self._features
        )

    @property
    def features(self) -> frozenset[Feature]:
        """Give what can be chosen."""
        return frozenset(self._features)

    @property
    def programs(self) -> str:
        """Give the id of the component that lies in the version's own folder."""
        return _id("c", self._name(Feature.AGENT, ""))

    @property
    def interpreter(self) -> str:
        """Give the id of the file that the service runs."""
        return _id("f", "python/python.exe")

    def text(self) -> str:
        """Give it as XML."""
        for components in self._features.values():
            components.clear()
        root = ET.Element("Wix", xmlns=_NAMESPACE)
        made = ET.SubElement(
            root,
            "Product",
            Id=_braced(product.product_code(self.version)),
            Name=product.NAME,
            Language="1033",
            Version=product.msi_version(self.version),
            Manufacturer=product.MAINTAINER,
            UpgradeCode=_braced(product.UPGRADE_CODE),
        )
        _package(made)
        ET.SubElement(made, "Icon", Id=ICON, SourceFile=self._icon)
        self._folders(made)
        for feature, components in self._features.items():
            _feature(made, feature, components)
        ET.indent(root)
        declared = '<?xml version="1.0" encoding="utf-8"?>\n'
        return f"{declared}{ET.tostring(root, encoding='unicode')}\n"

    def _folders(self, made: ET.Element) -> None:
        target = _folder(made, "TARGETDIR", "SourceDir")
        programs = _folder(target, "ProgramFiles64Folder", "PFiles")
        home = _folder(programs, "INSTALLFOLDER", product.NAME)
        version = _folder(home, "VERSIONFOLDER", self.version)
        self._shared(version)
        self._components(version, _tree(self._files), "")
        if Feature.DESKTOP in self._features:
            _folder(target, "ProgramMenuFolder", "Programs")

    def _components(self, at: ET.Element, folder: _Folder, path: str) -> None:
        """Give a component for each feature that has files here, and go below."""
        for feature in self._features:
            own = [each for each in folder.files if feature_of(each) is feature]
            if own:
                self._component(at, feature, path, own)
        for name, below in folder.folders.items():
            inner = f"{path}{name}/"
            self._components(_folder(at, _id("d", inner), name), below, inner)

    def _component(
        self, at: ET.Element, feature: Feature, path: str, files: list[str]
    ) -> None:
        made = self._named(at, feature, self._name(feature, path))
        for number, file in enumerate(files):
            ET.SubElement(
                made,
                "File",
                Id=_id("f", file),
                Name=PurePosixPath(file).name,
                Source=f"{self._where}/{file}",
                **_yes("KeyPath", number == 0),
            )

    def _name(self, feature: Feature, path: str) -> str:
        return f"{self.version}/{feature.value}/{path}"

    def _shared(self, at: ET.Element) -> None:
        places = self._named(at, Feature.AGENT, "places")
        _value(places, product.REGISTRY, "Version", self.version, key_path=True)
        _value(places, product.REGISTRY, "InstallFolder", "[INSTALLFOLDER]")
        _value(places, product.REGISTRY, "ProgramFolder", "[VERSIONFOLDER]")
        events = self._named(at, Feature.AGENT, "event-source")
        file = ("EventMessageFile", f"[VERSIONFOLDER]{EVENTS}")
        _value(events, _EVENT_SOURCE, *file, kind="expandable", key_path=True)
        types = ("TypesSupported", str(_TYPES))
        _value(events, _EVENT_SOURCE, *types, kind="integer")
        if Feature.DESKTOP in self._features:
            self._shortcut(at)

    def _shortcut(self, at: ET.Element) -> None:
        made = self._named(at, Feature.DESKTOP, "shortcut")
        _value(made, product.REGISTRY, "Shortcut", "1", key_path=True)
        ET.SubElement(
            made,
            "Shortcut",
            Id="StartMenu",
            Directory="ProgramMenuFolder",
            Name=product.NAME,
            Description="Sets up password writeback for Active Directory",
            Target="[VERSIONFOLDER]writeback-wizard.exe",
            WorkingDirectory="VERSIONFOLDER",
            Icon=ICON,
        )

    def _named(self, at: ET.Element, feature: Feature, what: str) -> ET.Element:
        """Give an empty component, of this feature."""
        name = _id("c", what)
        self._features[feature].append(name)
        code = _braced(product.component_code(what))
        return ET.SubElement(at, "Component", Id=name, Guid=code, Win64="yes")


def _package(made: ET.Element) -> None:
    ET.SubElement(
        made,
        "Package",
        InstallerVersion="500",
        Compressed="yes",
        InstallScope="perMachine",
    )
    ET.SubElement(made, "MajorUpgrade", AllowDowngrades="yes")
    ET.SubElement(made, "Media", Id="1", Cabinet="writeback.cab", EmbedCab="yes")
    for name, value in PROPERTIES.items():
        ET.SubElement(made, "Property", Id=name, Value=value)
    # an upgrade goes where the version before was put
    _searched(made, "INSTALLFOLDER", product.REGISTRY, "InstallFolder")
    # and where that is another folder now, what lies in the one of before is ours
    _searched(made, "PREVIOUSFOLDER", product.REGISTRY, "InstallFolder")
    _searched(made, "WINDOWSBUILD", _BUILDS, "CurrentBuildNumber")


def _searched(made: ET.Element, name: str, key: str, value: str) -> None:
    known = ET.SubElement(made, "Property", Id=name, Secure="yes")
    ET.SubElement(
        known,
        "RegistrySearch",
        Id=f"Find{name.title()}",
        Root="HKLM",
        Key=key,
        Name=value,
        Type="raw",
        Win64="yes",
    )


def _feature(made: ET.Element, feature: Feature, components: list[str]) -> None:
    told = ET.SubElement(
        made,
        "Feature",
        Id=feature.value,
        Title=_TITLES[feature],
        Level="1",
        Absent="disallow" if feature is Feature.AGENT else "allow",
    )
    for each in components:
        ET.SubElement(told, "ComponentRef", Id=each)


def _value(
    component: ET.Element,
    key: str,
    name: str,
    value: str,
    *,
    kind: str = "string",
    key_path: bool = False,
) -> None:
    ET.SubElement(
        component,
        "RegistryValue",
        Root="HKLM",
        Key=key,
        Name=name,
        Type=kind,
        Value=value,
        **_yes("KeyPath", key_path),
    )


def _folder(at: ET.Element, name: str, shown: str) -> ET.Element:
    return ET.SubElement(at, "Directory", Id=name, Name=shown)


def _tree(files: Iterable[str]) -> _Folder:
    root = _Folder()
    for file in files:
        at = root
        for name in PurePosixPath(file).parts[:-1]:
            at = at.folders.setdefault(name, _Folder())
        at.files.append(file)
    return root


def _id(kind: str, name: str) -> str:
    """Give an identifier of at most 72 letters, which is the most that it may have."""
    return f"{kind}{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _braced(code: object) -> str:
    return f"{{{str(code).upper()}}}"


def _yes(name: str, wanted: object) -> Any:
    return {name: "yes"} if wanted else {}
