"""Builds the guide: docs/guide to HTML, a folder for each language.

Sphinx with MyST reads the Markdown; what the guide says of pages, fields and codes
comes from the program (`directives`), so it can't say anything else than that does.
The words of a language come from its `guide.po`; a text without any stays English.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from installer.errors import BuildError
from installer.guide.words import DOMAIN, OWN
from installer.paths import REPOSITORY

SOURCE = "docs/guide"
CONFIGURATION = "installer/guide"
TRANSLATIONS = "resources/translations"
ENGLISH = "en"


def languages(repository: Path = REPOSITORY) -> list[str]:
    """List the languages that the guide has words in, English first."""
    found = (repository / TRANSLATIONS).glob(f"*/LC_MESSAGES/{DOMAIN}.po")
    codes = sorted(path.parts[-3] for path in found)
    return [ENGLISH, *(each for each in codes if len(_words(each, repository)))]


def build(
    out: Path, chosen: Sequence[str] = (), *, repository: Path = REPOSITORY
) -> list[Path]:
    """Build the guide in the languages chosen, else in all; give each's first page.

    `out` gets a folder for each language. Every warning of Sphinx (a link that leads
    nowhere, a picture that is missing) is an error: BuildError has its words.
    """
    chosen = chosen or languages(repository)
    for language in chosen:
        _run(("-b", "html"), out / language, language, repository)
    return [out / language / "index.html" for language in chosen]


def extract(out: Path, *, repository: Path = REPOSITORY) -> Path:
    """Write the texts of the guide as a gettext template; give the file."""
    _run(("-b", "gettext"), out, ENGLISH, repository)
    path = out / f"{DOMAIN}.pot"
    with path.open("rb") as file:
        texts = read_po(file)
    for template in OWN:
        texts.add(template, locations=[("installer/guide/words.py", 0)])
    with path.open("wb") as file:
        write_po(file, texts)
    return path


def _words(language: str, repository: Path) -> Catalog:
    """Give the texts that have words in a language; none where it has no catalog."""
    path = repository / TRANSLATIONS / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    words = Catalog(locale=language, fuzzy=False)
    if path.is_file():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    words.add(message.id, message.string)
    return words


def _compile(language: str, repository: Path, locales: Path) -> None:
    """Write what Sphinx reads of a catalog: nothing is made among the sources."""
    path = locales / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, _words(language, repository))


def _run(builder: Sequence[str], out: Path, language: str, repository: Path) -> None:
    argv = [sys.executable, "-m", "sphinx", *builder, "--fail-on-warning", "--nitpicky"]
    argv += ["--quiet", "--keep-going", "--jobs", "1", "-D", f"language={language}"]
    argv += ["--conf-dir", str(repository / CONFIGURATION)]
    # the program's own texts are put into words by gettext, which asks the environment
    environment = {**os.environ, "LANGUAGE": language, "PYTHONPATH": str(repository)}
    with tempfile.TemporaryDirectory() as kept:
        locales = Path(kept) / "locales"
        _compile(language, repository, locales)
        argv += ["-D", f"locale_dirs={locales}", "--doctree-dir", f"{kept}/parsed"]
        places = (str(repository / SOURCE), str(out))
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
