"""Lists what a package holds, for whoever looks for a fault in it: an SBOM.

CycloneDX 1.6, by the library of its own makers. The same inputs give the same file.
"""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from installer.copyright_file import LIBRARIES, name_of, works
from installer.lock_file import hashes
from installer.package_specs import Recipe


def of_package(recipe: Recipe, version: str, epoch: int) -> str:
    """Give the SBOM of one package; runs in the root that packages are built in."""
    bom = Bom(components=[*map(_wheel, works(recipe.short)), *_from_debian()])
    bom.serial_number = uuid5(NAMESPACE_URL, f"{recipe.name}/{version}/{epoch}")
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.metadata.component = Component(
        name=recipe.name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=recipe.name,
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _wheel(held: Distribution) -> Component:
    name, version = name_of(held), held.version
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pypi/{name}",
        purl=PackageURL("pypi", None, name, version),
        hashes=[
            HashType(alg=HashAlgorithm.SHA_256, content=digest)
            for digest in hashes().get(name, ())
        ],
    )


def _from_debian() -> Iterator[Component]:
    """List the libraries of Debian that lie in the folder of the programs."""
    for name in LIBRARIES:
        version = _debian_version(name)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"deb/{name}",
            purl=PackageURL("deb", "debian", name, version),
        )


def _debian_version(name: str) -> str:
    argv = ["dpkg-query", "--show", "--showformat=${Version}", name]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout
