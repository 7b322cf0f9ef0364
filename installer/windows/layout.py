"""Where each file of what is fetched lies on the machine, and what is left out.

Below the folder of a version: `python` is CPython, its standard library compiled in a
zip file, as in python.org's embeddable package; `lib` the wheels and the product. A
list of search paths beside python.exe (`_pth`) shuts out PYTHONPATH, the registry and
what a user has installed.
"""

import re
from enum import Enum
from pathlib import PurePosixPath

from installer.freeze import trim
from installer.windows.pins import TAG


class Feature(Enum):
    """What can be chosen; the value is its id, which ADDLOCAL names."""

    AGENT = "Agent"
    DESKTOP = "Desktop"


LIBRARY = f"python/python{TAG}.zip"
# what `sha256sum --check` reads: the checksum of each file of a feature but of itself
SUMS = {Feature.AGENT: "SHA256SUMS", Feature.DESKTOP: "SHA256SUMS.desktop"}
# what is compiled into it lies there until then
LIBRARY_SOURCES = "library"
SEARCH_PATHS = f"python/python{TAG}._pth"
# no `import site`: nothing but this is searched, and no .pth file is run
SEARCHED = (f"python{TAG}.zip", ".", r"..\lib", r"..\lib\win32", r"..\lib\win32\lib")


_DESKTOP = (
    *("lib/PySide6/", "lib/shiboken6/", "lib/segno/", "lib/wizard/ui/"),
    *("lib/resources/icons/", "writeback-wizard.exe", SUMS[Feature.DESKTOP]),
)
# of the standard library, by the first part of a module's name
NO_LIBRARY = {
    *("antigravity", "curses", "doctest", "ensurepip", "ftplib", "idlelib"),
    *("lib2to3", "pydoc", "pydoc_data", "site-packages", "test", "this", "tkinter"),
    *("turtle", "turtledemo", "unittest", "venv", "xmlrpc", "__hello__"),
    *("__phello__", "_pyrepl", "_aix_support", "_android_support"),
    *("_apple_support", "_ios_support", "_osx_support"),
    # for who writes programs
    *("bdb", "cProfile", "pdb", "pickletools", "profile", "pstats", "trace"),
    # mailboxes, web servers, property lists, processes for calculating
    *("imaplib", "mailbox", "multiprocessing", "optparse", "plistlib", "poplib"),
    *("smtplib", "statistics", "wsgiref"),
    # what is there as a library too, which is taken
    *("_pydatetime", "_pydecimal", "_pyio"),
}
# Tk's, a beep, icons of file types, and the catalog that signs Lib's sources
_NO_DLL = {
    *("_tkinter.pyd", "tcl86t.dll", "tk86t.dll", "zlib1.dll", "winsound.pyd"),
    *("py.ico", "pyc.ico", "pyd.ico", "python_lib.cat"),
}
_QT = {"Core", "Gui", "Svg", "Widgets"}
_QT_FILES = {
    *("__init__.py", "_config.py", "_git_pyside_version.py", "pyside6.abi3.dll"),
    *(f"Qt{each}.pyd" for each in _QT),
    *(f"Qt6{each}.dll" for each in _QT),
    *("msvcp140.dll", "msvcp140_1.dll", "msvcp140_2.dll"),
    *("vcruntime140.dll", "vcruntime140_1.dll"),
    *("plugins/platforms/qwindows.dll", "plugins/platforms/qoffscreen.dll"),
    *("plugins/styles/qmodernwindowsstyle.dll", "plugins/iconengines/qsvgicon.dll"),
    "plugins/imageformats/qsvg.dll",
    *(f"translations/qtbase_{each}.qm" for each in trim.LANGUAGES),
}
_SHIBOKEN = {
    *("__init__.py", "_config.py", "_git_shiboken_module_version.py"),
    *("Shiboken.pyd", "shiboken6.abi3.dll", "msvcp140.dll"),
    *("vcruntime140.dll", "vcruntime140_1.dll"),
}
NO_WHEEL = (
    # of pywin32: COM, its editor, web servers
    *("PyWin32.chm", "adodbapi/", "isapi/", "pythonwin/", "win32com/", "win32comext/"),
    *("pythoncom.py", "pywin32.pth", "pywin32.version.txt", "win32/Demos/"),
    *("win32/include/", "win32/libs/", "win32/scripts/", "win32/test/"),
    *("win32/pythonservice.exe", "win32/lib/pywin32_testutil.py"),
    *("keyring/backends/macOS/", "keyring/testing/", "ldap3/protocol/schemas/"),
    # of cffi its library alone is loaded: nothing is declared at run time
    *("cffi/", "pycparser/"),
    # models of another time, and what type checkers and tests load
    *("pydantic/v1/", "pydantic/mypy.py", "aiohttp/test_utils.py"),
    *("aiohttp/pytest_plugin.py", "babel/messages/"),
)
# of pywin32's libraries: screens, printers, telephones, counters
_NO_WIN32 = {
    *("_winxptheme", "mmapfile", "odbc", "perfmon", "perfmondata", "timer"),
    *("win32clipboard", "win32help", "win32inet", "win32lz", "win32pdh", "win32print"),
    *("win32ras", "win32transaction", "win32wnet", "winxpgui"),
}
_NO_SUFFIX = {
    *(".pyi", ".pyx", ".pxd", ".pxi", ".c", ".cpp", ".h", ".lib", ".typed", ".pth"),
    *(".in", ".tmpl", ".hash", ".chm", ".bash", ".zsh"),
}
_TESTS = re.compile(r"(^|/)(tests?|testing)/")


def feature_of(path: str) -> Feature:
    """Give the feature that a file belongs to, by its path below the version."""
    return Feature.DESKTOP if path.startswith(_DESKTOP) else Feature.AGENT


def of_cpython(name: str) -> str | None:
    """Give the place of a file of CPython's, None where it is left out."""
    first, _, rest = name.partition("/")
    if first == "Lib":
        top = rest.partition("/")[0].removesuffix(".py")
        wanted = rest.endswith(".py") and top not in NO_LIBRARY
        return f"{LIBRARY_SOURCES}/{rest}" if wanted else None
    if first == "DLLs":
        return f"python/{rest}" if rest not in _NO_DLL else None
    if not rest and name.endswith((".exe", ".dll")):
        return f"python/{name}"
    return None


def of_wheel(name: str) -> str | None:
    """Give the place of a file that a wheel lays out, None where it is left out."""
    path = PurePosixPath(name)
    top, _, rest = name.partition("/")
    if top == "pywin32_system32":
        # where the loader looks: beside python.exe
        return f"python/{rest}" if rest.startswith("pywintypes") else None
    if top == "PySide6":
        return f"lib/{name}" if rest in _QT_FILES else None
    if top == "shiboken6":
        return f"lib/{name}" if rest in _SHIBOKEN else None
    if top == "win32" and path.stem in _NO_WIN32:
        return None
    left_out = (
        path.suffix in _NO_SUFFIX
        or top.endswith(".dist-info")
        or name.startswith(NO_WHEEL)
        or _TESTS.search(name)
    )
    return None if left_out else of_product(name)


def of_product(name: str) -> str | None:
    """Give the place of a file of the repository's, None where it is left out."""
    return f"lib/{name}" if trim.kept([(name, "", "DATA")]) else None
