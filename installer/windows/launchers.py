r"""The programs: a small executable that starts Python on what follows it in the file.

They are distlib's, as pip makes them of entry points; looked at were a program of our
own, which would need a compiler in the builder's root, and PyInstaller's, which needs
Windows. `<launcher_dir>` is the folder that the program lies in.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

_TIME = (1980, 1, 1, 0, 0, 0)
_START = "import sys\nfrom {module} import main\nsys.exit(main())\n"


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the module that has its main(), and whether it opens a window."""

    name: str
    module: str
    window: bool = False

    @property
    def file(self) -> str:
        """Give its name as a file."""
        return f"{self.name}.exe"


PROGRAMS = (
    Program("writeback", "wizard.cli.main"),
    Program("writeback-agent", "agent.__main__"),
    Program("writeback-wizard", "wizard.__main__", window=True),
)


def launcher(program: Program, read: Callable[[str], bytes]) -> bytes:
    """Give the bytes of a program; `read` gives a file of distlib's wheel."""
    starts = read(f"distlib/{'w64' if program.window else 't64'}.exe")
    python = "pythonw.exe" if program.window else "python.exe"
    first_line = f"#!<launcher_dir>\\python\\{python}\r\n".encode()
    return starts + first_line + _zipped(_START.format(module=program.module))


def _zipped(text: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py", _TIME), text)
    return into.getvalue()
