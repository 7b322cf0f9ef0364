"""Writes what a package tells about itself: manual pages, completion, copyright."""

import os
import sys
from pathlib import Path

from agent.__main__ import main as agent_main
from installer import copyright_file, manual
from installer.command_lines import parser_of
from installer.completion import completion
from installer.package_specs import RECIPES
from wizard.__main__ import main as wizard_main
from wizard.cli.main import main as command_main

PROGRAMS = {
    "writeback.1": command_main,
    "writeback-agent.8": agent_main,
    "writeback-wizard.1": wizard_main,
}
PROSE = Path(__file__).parent / "manual"
# Where Debian's bash-completion and zsh look.
_BASH = "agent/usr/share/bash-completion/completions/writeback"
_ZSH = "agent/usr/share/zsh/vendor-completions/_writeback"


def write(pages: Path, version: str, epoch: int) -> None:
    """Fill the folder `pages`: see `staging.lay_out` for what lies where in it."""
    for name, main in PROGRAMS.items():
        prose = (PROSE / name).read_text()
        text = manual.page(prose, parser_of(main), version=version, epoch=epoch)
        (pages / name).write_text(text)
    words = parser_of(command_main)
    _put(pages / _BASH, completion(words, "bash"))
    _put(pages / _ZSH, completion(words, "zsh"))
    for short in RECIPES:
        _put(pages / f"copyright-{short}", copyright_file.copyright_of(short))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(os.environ["SOURCE_DATE_EPOCH"]))
