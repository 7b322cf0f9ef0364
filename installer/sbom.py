"""Lists what a package holds, for whoever looks for a fault in it: an SBOM.

CycloneDX 1.6, by the library of its own makers. The same inputs give the same file.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import Distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from installer.frozen_works import DebianLibrary, FrozenWorks, name_of
from installer.lock_file import hashes
from installer.package_specs import Recipe
from installer.paths import LOCK


def of_package(recipe: Recipe, works: FrozenWorks, version: str, epoch: int) -> str:
    """Give the SBOM of one package that holds these works."""
    wheels, libraries = map(wheel, works.wheels), map(_library, works.libraries)
    return of_parts(recipe.name, [*wheels, *libraries], version, epoch)


def of_parts(name: str, parts: Iterable[Component], version: str, epoch: int) -> str:
    """Give the SBOM of what is named so and holds these parts, made at `epoch`."""
    bom = Bom(components=parts)
    bom.serial_number = uuid5(NAMESPACE_URL, f"{name}/{version}/{epoch}")
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.metadata.component = Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=name,
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def wheel(held: Distribution, lock: Path = LOCK) -> Component:
    """Give the part that an unpacked wheel is; its hash is in the lock."""
    name, version = name_of(held), held.version
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pypi/{name}",
        purl=PackageURL("pypi", None, name, version),
        hashes=[
            HashType(alg=HashAlgorithm.SHA_256, content=digest)
            for digest in hashes(lock).get(name, ())
        ],
    )


def _library(held: DebianLibrary) -> Component:
    return Component(
        name=held.name,
        version=held.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"deb/{held.name}",
        purl=PackageURL("deb", "debian", held.name, held.version),
    )
