"""Builds the guide: docs/guide to HTML, a folder for each language.

Sphinx with MyST reads the Markdown; what the guide says of pages, fields and codes
comes from the program (`directives`), so it can't say anything else than that does.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from installer.errors import BuildError
from installer.paths import REPOSITORY

SOURCE = "docs/guide"
CONFIGURATION = "installer/guide"
ENGLISH = "en"


def build(
    out: Path, languages: Sequence[str] = (ENGLISH,), *, repository: Path = REPOSITORY
) -> list[Path]:
    """Build the guide in each language; give the first page of each.

    `out` gets a folder for each language. Every warning of Sphinx (a link that leads
    nowhere, a picture that is missing) is an error: BuildError has its words.
    """
    for language in languages:
        _run(("-b", "html"), out / language, language, repository)
    return [out / language / "index.html" for language in languages]


def extract(out: Path, *, repository: Path = REPOSITORY) -> Path:
    """Write the texts of the guide as a gettext template; give the file."""
    _run(("-b", "gettext"), out, ENGLISH, repository)
    return out / "guide.pot"


def _run(builder: Sequence[str], out: Path, language: str, repository: Path) -> None:
    argv = [sys.executable, "-m", "sphinx", *builder, "--fail-on-warning", "--nitpicky"]
    argv += ["--quiet", "--keep-going", "--jobs", "1", "-D", f"language={language}"]
    argv += ["--conf-dir", str(repository / CONFIGURATION)]
    # the program's own texts are put into words by gettext, which asks the environment
    environment = {**os.environ, "LANGUAGE": language, "PYTHONPATH": str(repository)}
    with tempfile.TemporaryDirectory() as parsed:
        places = ("--doctree-dir", parsed, str(repository / SOURCE), str(out))
        done = subprocess.run(
            [*argv, *places],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=repository,
        )
    if done.returncode:
        words = done.stderr.strip() or done.stdout.strip()
        raise BuildError("The guide could not be built.", words)
