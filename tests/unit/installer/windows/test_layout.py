"""What lies in the MSI: each file has its place, and what nothing reads is left out."""

import pytest

from installer.freeze import trim
from installer.windows import layout
from installer.windows.layout import Feature


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("python.exe", "python/python.exe"),
        ("pythonw.exe", "python/pythonw.exe"),
        ("python313.dll", "python/python313.dll"),
        ("vcruntime140_1.dll", "python/vcruntime140_1.dll"),
        ("DLLs/_ssl.pyd", "python/_ssl.pyd"),
        ("DLLs/libcrypto-3.dll", "python/libcrypto-3.dll"),
        ("Lib/asyncio/windows_events.py", "library/asyncio/windows_events.py"),
        ("Lib/sqlite3/dbapi2.py", "library/sqlite3/dbapi2.py"),
        ("Lib/tkinter/__init__.py", None),
        ("Lib/site-packages/pip/__init__.py", None),
        ("Lib/ensurepip/_bundled/pip.whl", None),
        ("Lib/turtle.py", None),
        ("Lib/multiprocessing/pool.py", None),
        ("Lib/_pydecimal.py", None),
        ("Lib/decimal.py", "library/decimal.py"),
        ("DLLs/tk86t.dll", None),
        ("Scripts/pip.exe", None),
        ("libs/python313.lib", None),
        ("NEWS.txt", None),
    ],
)
def test_python_lies_beside_its_libraries(name: str, place: str | None) -> None:
    assert layout.of_cpython(name) == place


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("aiohttp/web.py", "lib/aiohttp/web.py"),
        ("aiohttp/_http_parser.pyx", None),
        ("cryptography-50.0.2.dist-info/METADATA", None),
        ("pyasn1/compat/__init__.pyi", None),
        ("win32/win32service.pyd", "lib/win32/win32service.pyd"),
        ("win32/servicemanager.pyd", "lib/win32/servicemanager.pyd"),
        ("win32/lib/win32con.py", "lib/win32/lib/win32con.py"),
        ("win32/win32print.pyd", None),
        ("win32/Demos/service.py", None),
        ("win32com/client/__init__.py", None),
        ("pythonwin/mfc140u.dll", None),
        # where the loader looks
        ("pywin32_system32/pywintypes313.dll", "python/pywintypes313.dll"),
        ("PySide6/Qt6Widgets.dll", "lib/PySide6/Qt6Widgets.dll"),
        (
            "PySide6/plugins/platforms/qwindows.dll",
            "lib/PySide6/plugins/platforms/qwindows.dll",
        ),
        ("PySide6/Qt6Quick.dll", None),
        ("PySide6/opengl32sw.dll", None),
        ("PySide6/designer.exe", None),
        ("PySide6/translations/qtbase_sv.qm", None),
        ("babel/locale-data/de.dat", "lib/babel/locale-data/de.dat"),
        ("babel/locale-data/sv.dat", None),
        ("joserfc/tests/test_jws.py", None),
        ("cffi/api.py", None),
        (
            "_cffi_backend.cp313-win_amd64.pyd",
            "lib/_cffi_backend.cp313-win_amd64.pyd",
        ),
        ("pydantic/v1/main.py", None),
        ("pydantic/main.py", "lib/pydantic/main.py"),
        ("babel/messages/catalog.py", None),
        ("babel/dates.py", "lib/babel/dates.py"),
    ],
)
def test_of_a_wheel_lies_there_what_programs_read(name: str, place: str | None) -> None:
    assert layout.of_wheel(name) == place


def test_the_product_lies_there_with_what_is_read_of_its_languages() -> None:
    mo = "resources/translations/de/LC_MESSAGES/writeback.mo"
    assert layout.of_product("agent/__main__.py") == "lib/agent/__main__.py"
    assert layout.of_product(mo) == f"lib/{mo}"
    assert layout.of_product(mo.replace(".mo", ".po")) is None
    for language in trim.LANGUAGES:
        name = f"PySide6/translations/qtbase_{language}.qm"
        assert layout.of_wheel(name) == f"lib/{name}"


def test_nothing_but_the_programs_own_folders_is_searched() -> None:
    assert layout.SEARCHED[0] == "python313.zip"
    assert "import site" not in layout.SEARCHED
    assert layout.LIBRARY.endswith(layout.SEARCHED[0])
    for path in layout.SEARCHED[2:]:
        assert path.startswith("..\\lib")


@pytest.mark.parametrize(
    ("path", "feature"),
    [
        ("writeback.exe", Feature.AGENT),
        ("writeback-agent.exe", Feature.AGENT),
        ("writeback-wizard.exe", Feature.DESKTOP),
        ("lib/wizard/cli/main.pyc", Feature.AGENT),
        ("lib/wizard/ui/app.pyc", Feature.DESKTOP),
        ("lib/PySide6/QtCore.pyd", Feature.DESKTOP),
        ("lib/resources/icons/info.svg", Feature.DESKTOP),
        ("lib/resources/translations/de/LC_MESSAGES/writeback.mo", Feature.AGENT),
    ],
)
def test_a_server_without_a_desktop_takes_no_window(
    path: str, feature: Feature
) -> None:
    assert layout.feature_of(path) is feature
