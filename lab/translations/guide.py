"""The texts of the guide for administrators, as a template for its catalogs."""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from lab.translations.catalogs import GUIDE, texts

_SOURCE = "docs/guide"


def template(repository: Path) -> Catalog:
    """Extract the texts of the guide as it is.

    Who builds the guide finds them: Sphinx, as it finds what it has words for.

    Raises:
        subprocess.CalledProcessError: the guide can't be read; what is wrong was
            written to standard error.

    """
    with tempfile.TemporaryDirectory() as out:
        argv = [sys.executable, "-m", "installer.guide", "--template", "--out", out]
        subprocess.run(argv, check=True, cwd=repository, stdout=subprocess.DEVNULL)
        with (Path(out) / f"{GUIDE}.pot").open("rb") as file:
            found = read_po(file, domain=GUIDE)
    made = Catalog(project="Writeback", domain=GUIDE, charset="utf-8", fuzzy=False)
    for message in texts(found):
        places = {_below(path) for path, _ in message.locations}
        # without lines: a file that changes with each edit says nothing
        made.add(message.id, locations=[(path, 0) for path in sorted(places)])
    return made


def _below(path: str) -> str:
    """Name a file below the repository: Sphinx names it from where it writes."""
    return path[max(path.find(_SOURCE), 0) :]
