"""What Windows Installer knows the product by: codes, version, what it needs."""

import operator
import re
from uuid import UUID, uuid5

from installer.errors import BuildError

NAME = "Writeback"
MAINTAINER = "Writeback maintainers"
# one for all versions, which are upgrades of each other
UPGRADE_CODE = UUID("5f0a7f5c-3f0e-5f4e-9c5c-6c1e3f1d7a10")
REGISTRY = r"SOFTWARE\Writeback"
# by which the task bar knows a window to be of a shortcut (`wizard.ui.application`)
SHELL_NAME = "Writeback.Wizard"
# Windows Server 2019, Windows 10 1809: older ones lack what Qt loads
OLDEST_BUILD = 17763
# Windows takes a first number up to 255; Wine, where it is tried, has a sign there
HIGHEST = (127, 255, 65_535)
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5}))?")


def msi_version(version: str) -> str:
    """Give the version as Windows Installer orders it: three numbers.

    BuildError where it has more, such as a release candidate: two of them would be the
    same version to it, and neither would replace the other.
    """
    found = _VERSION.fullmatch(version)
    numbers = [int(each or 0) for each in found.groups()] if found else []
    if not numbers or any(map(operator.gt, numbers, HIGHEST)):
        raise BuildError(
            f"{version} is no version that an MSI can have.",
            "Give two or three numbers, for example --version 0.2.0.",
        )
    return ".".join(map(str, numbers))


def product_code(version: str) -> UUID:
    """Give the code of one version."""
    return uuid5(UPGRADE_CODE, f"product/{msi_version(version)}")


def package_code(digest: str) -> UUID:
    """Give the code of one MSI, by the hash of what it was made of."""
    return uuid5(UPGRADE_CODE, f"package/{digest}")


def component_code(what: str) -> UUID:
    """Give the code of a component; the same text is the same one for all versions."""
    return uuid5(UPGRADE_CODE, f"component/{what}")
