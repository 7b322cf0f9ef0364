"""Everything that runs on Windows too can be imported there.

In a process of its own, which is told that it is on Windows, and which has none of the
modules that Windows has not.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HOUSE = Path(__file__).parents[2]
_CHILD = """
import importlib, pkgutil, sys
# while it is the truth: what others choose by it is not ours to judge
import {others}

class Missing:
    names = {{"fcntl", "grp", "jeepney", "pty", "pwd", "resource"}}
    names |= {{"syslog", "termios", "uvloop"}}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ImportError(f"{{name}} is not on Windows")

for name in [*sys.modules]:
    if name.partition(".")[0] in Missing.names:
        del sys.modules[name]
sys.meta_path.insert(0, Missing())
sys.platform = "win32"
import os, select, signal, socket
for module, names in (
    (os, "O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_PATH geteuid getuid getgid fork setsid"),
    (os, "killpg fchown chown pread pwrite sysconf uname"),
    (signal, "SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGALRM"),
    (socket, "AF_UNIX SCM_RIGHTS"),
    (select, "poll epoll"),
):
    for name in names.split():
        vars(module).pop(name, None)
"""
_ALL_OF = """
count = 0
for package in {packages}:
    top = importlib.import_module(package)
    for found in pkgutil.walk_packages(top.__path__, f"{{package}}."):
        parts = set(found.name.split("."))
        if parts & {{"systemd", "dbus"}} or parts & {ports}:
            continue
        importlib.import_module(found.name)
        count += 1
print(count)
"""
# what chooses by sys.platform itself, of the standard library and of what is installed
_OTHERS = (
    *("asyncio", "aiohttp", "babel", "cryptography", "dns.resolver", "joserfc"),
    *("keyring", "ldap3", "multiprocessing", "pydantic", "sqlite3", "ssl"),
    *("subprocess", "yaml", "PySide6.QtWidgets", "PySide6.QtSvg", "segno"),
    *("concurrent.futures", "tempfile", "uuid", "getpass", "webbrowser", "zoneinfo"),
)


_HELP_OF = """
from types import SimpleNamespace
from agent.platform import detect
from agent.platform.windows.platform import WindowsPlatform

win32 = SimpleNamespace(leave_heap_out_of_reports=lambda: None)
detect._chosen = lambda: WindowsPlatform(win32)
detect._known = lambda: SimpleNamespace(has_desktop=lambda: True)
importlib.import_module({program!r}).main(["--help"])
"""


def imported(package: str) -> subprocess.CompletedProcess[str]:
    return on_windows(_ALL_OF.format(packages=[package], ports=_PORTS))


def on_windows(story: str) -> subprocess.CompletedProcess[str]:
    begun = _CHILD.format(others=", ".join(_OTHERS))
    return subprocess.run(
        [sys.executable, "-c", begun + story],
        cwd=_HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("package", ["wire", "rollout", "agent", "wizard"])
def test_a_package_is_imported_without_what_is_of_posix(package: str) -> None:
    done = imported(package)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5


def test_what_imports_posix_is_found_out() -> None:
    """So the other test can fail: this package runs on Linux alone."""
    done = imported("portal")
    assert done.returncode != 0
    assert "is not on Windows" in done.stderr


@pytest.mark.parametrize(
    "program", ["agent.__main__", "wizard.__main__", "wizard.cli.main"]
)
def test_a_program_says_there_how_it_is_used(program: str) -> None:
    done = on_windows(_HELP_OF.format(program=program))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: writeback")


# what the contracts on imports can't name, as nothing imports it so far
_OF_WINDOWS = re.compile(
    r"_winapi|msvcrt|pythoncom|pywintypes|servicemanager|win32\w*|winerror|winreg"
)
_OF_POSIX = {"pty", "syslog", "termios"}
_PORT_FILES = {
    *(
        f"agent/platform/windows/ports/pywin32_{part}.py"
        for part in ("accounts", "errors", "event_log", "port", "processes", "services")
    ),
    "agent/platform/windows/surroundings/pywin32_network.py",
    "wizard/elevation/windows/pywin32_pipes.py",
}
_PORTS = {Path(name).stem for name in _PORT_FILES}


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def of_one_system(name: str) -> bool:
    return name in _OF_POSIX or bool(_OF_WINDOWS.fullmatch(name))


def test_only_the_ports_import_what_is_of_windows() -> None:
    found = {
        path.relative_to(_HOUSE).as_posix()
        for package in ("agent", "rollout", "wire", "wizard")
        for path in (_HOUSE / package).rglob("*.py")
        if any(map(of_one_system, imports(path.read_text(encoding="utf-8"))))
    }
    assert found == _PORT_FILES


def test_each_way_to_import_it_is_found() -> None:
    told = "import win32com.client\nfrom syslog import syslog\nimport os"
    assert [*map(of_one_system, imports(told))] == [True, True, False]
