"""Writes shell completion for a program, from its parser, with shtab."""

import argparse
from pathlib import Path
from typing import Any, Literal

import shtab

from installer.command_lines import commands

_FOLDERS = ("home", "data", "folder")
Shell = Literal["bash", "zsh"]


def completion(parser: argparse.ArgumentParser, shell: Shell) -> str:
    """Give the text that the shell reads; a value that is a path completes as one."""
    for command in commands(parser):
        for action in command.arguments:
            if action.type is Path:
                marked: Any = action
                is_folder = action.dest in _FOLDERS
                marked.complete = shtab.DIRECTORY if is_folder else shtab.FILE
    return shtab.complete(parser, shell=shell)
