"""Writes shell completion for a program, from its parser, with shtab."""

import argparse
from pathlib import Path
from typing import Any, Literal

import shtab

from installer.command_lines import commands

Shell = Literal["bash", "zsh"]


def completion(parser: argparse.ArgumentParser, shell: Shell) -> str:
    """Give the text that the shell reads; a value that is a path completes as one."""
    for command in commands(parser):
        for action in command.arguments:
            if action.type is Path:
                marked: Any = action
                home = action.dest == "home"
                marked.complete = shtab.DIRECTORY if home else shtab.FILE
    return shtab.complete(parser, shell=shell)
