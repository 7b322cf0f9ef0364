"""What the MSI holds of others: their names for the SBOM, their terms for people."""

from collections.abc import Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.component import Component, ComponentType
from packageurl import PackageURL

from installer import lock_file, sbom
from installer.copyright_file import copyright_of
from installer.frozen_works import FrozenWorks, name_of
from installer.windows.fetch import Fetched
from installer.windows.pins import CPYTHON, LOCK

_HEAD = """\
Writeback

Copyright: the Writeback contributors
License: Apache-2.0; the text is in LICENSE.txt

This product holds the works below too, each unchanged and on its own terms. Qt and
PySide6 are used under the LGPL, version 3, whose text is at the end: their libraries
lie in files of their own, and can be replaced.
"""
_COMMON = ("LGPL-3", "GPL-3")


def _held(fetched: Fetched) -> Sequence[Distribution]:
    """List the wheels, by name; what starts the programs is in them."""
    folders = [str(fetched.site), str(fetched.launchers)]
    return sorted(distributions(path=folders), key=name_of)


def bill(fetched: Fetched, version: str, epoch: int) -> str:
    """Give the SBOM of an MSI that holds these wheels, and CPython."""
    parts = [sbom.wheel(each, LOCK) for each in _held(fetched)]
    return sbom.of_parts("writeback", [*parts, _cpython()], version, epoch)


def licenses(fetched: Fetched, root: Path) -> str:
    """Give everybody's terms; the builder's root has the texts that many share."""
    pythons = fetched.cpython / "LICENSE.txt"
    texts = [
        copyright_of(FrozenWorks(_held(fetched), []), _HEAD),
        f"CPython\n\n{pythons.read_text(errors='replace')}",
    ]
    for name in _COMMON:
        path = root / "usr/share/common-licenses" / name
        texts.append(f"{name}\n\n{path.read_text()}")
    return f"\n{'=' * 72}\n".join(texts)


def _cpython() -> Component:
    ((name, version),) = lock_file.versions(CPYTHON).items()
    return Component(
        name="cpython",
        # as it was packed, for that is whose hash is known
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref="cpython",
        purl=PackageURL("pypi", None, name, version),
        hashes=[
            HashType(alg=HashAlgorithm.SHA_256, content=digest)
            for digest in lock_file.hashes(CPYTHON)[name]
        ],
    )
