"""Writes what a package tells about itself: its manual, completion, copyright, SBOM."""

import os
import sys
from pathlib import Path

from agent.__main__ import main as agent_main
from installer import copyright_file, frozen_works, manual, sbom
from installer.command_lines import parser_of
from installer.completion import completion
from installer.guide.build import build as build_guide
from installer.package_specs import RECIPES, Recipe
from installer.staging import GUIDE, GUIDE_IN
from portal.cli.main import main as portal_main
from relay.cli.main import main as relay_main
from wizard.__main__ import main as wizard_main
from wizard.cli.main import main as command_main

PROGRAMS = {
    "writeback.1": command_main,
    "writeback-agent.8": agent_main,
    "writeback-wizard.1": wizard_main,
    "writeback-relay.8": relay_main,
    "writeback-portal.8": portal_main,
}
# Whose words a shell completes, by the package that they are in.
COMPLETED = {
    "agent": ("writeback", command_main),
    "relay": ("writeback-relay", relay_main),
    "portal": ("writeback-portal", portal_main),
}
PROSE = Path(__file__).parent / "manual"
GUIDE_BY = "sphinx"
# Where Debian's bash-completion and zsh look.
_BASH = "usr/share/bash-completion/completions"
_ZSH = "usr/share/zsh/vendor-completions"


def write(
    pages: Path, recipe: Recipe, programs: Path, version: str, epoch: int
) -> None:
    """Fill the folder `pages`: see `staging.lay_out` for what lies where in it.

    `programs` is the folder that PyInstaller made of the package's.
    """
    for name in recipe.manual:
        prose, words = (PROSE / name).read_text(), parser_of(PROGRAMS[name])
        text = manual.page(prose, words, version=version, epoch=epoch)
        _put(pages / name, text)
    short = recipe.short
    if short in COMPLETED:
        program, main = COMPLETED[short]
        words = parser_of(main)
        _put(pages / short / _BASH / program, completion(words, "bash"))
        _put(pages / short / _ZSH / f"_{program}", completion(words, "zsh"))
    also: tuple[str, ...] = ()
    if short == GUIDE_IN:
        build_guide(pages / GUIDE)
        also = (GUIDE_BY,)
    works = frozen_works.works_in(programs, *also)
    _put(pages / f"copyright-{short}", copyright_file.copyright_of(works))
    _put(pages / f"sbom-{short}", sbom.of_package(recipe, works, version, epoch))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    write(
        Path(sys.argv[1]),
        RECIPES[sys.argv[2]],
        Path(sys.argv[3]),
        sys.argv[4],
        int(os.environ["SOURCE_DATE_EPOCH"]),
    )
