"""The command line of a service (ImagePath): spelled with quotes, and read again.

Windows takes an unquoted path with blanks for the first program that it finds at one
of them, so that such a service may start somebody else's: none is made, and none read.
"""

import re

HOST = "agent.platform.windows.service_host"
_ARGUMENTS = f"-I -m {HOST}"
# as `spelled` writes it; a path holds no quotes, is whole, and names no variable, which
# Windows would put a text in the place of
_SPELLED = re.compile(
    r'"(?P<program>[A-Za-z]:\\[^"<>|?*%\x00-\x1f]+)" (?P<arguments>[^"]*)'
)


def without_window(program: str) -> str:
    """Give the interpreter that a service runs, beside that of a window's program."""
    folder, separator, name = program.rpartition("\\")
    console = "python.exe" if name.casefold() == "pythonw.exe" else name
    return f"{folder}{separator}{console}"


def spelled(program: str) -> str:
    """Give the command line of the host process, which an interpreter runs.

    ValueError where that is no path on a disk of this machine.
    """
    line = f'"{program}" {_ARGUMENTS}'
    if program_of(line) != program:
        raise ValueError(f"{program} is no path of a program")
    return line


def program_of(line: str) -> str:
    """Give the interpreter of a command line; ValueError where it is none of ours."""
    found = _SPELLED.fullmatch(line)
    if found is None or found["arguments"] != _ARGUMENTS:
        raise ValueError(f"{line} is no command line of this service")
    return found["program"]
