"""Wine's lab: what makes its root anew, its names of files, its registry."""

from pathlib import PurePosixPath

import pytest

from lab.windows import fonts, icu, registry, root, session


def test_another_package_makes_another_root(monkeypatch: pytest.MonkeyPatch) -> None:
    before = root.fingerprint()
    assert root.fingerprint() == before
    monkeypatch.setattr(root, "PACKAGES", (*root.PACKAGES, "wine32"))
    assert root.fingerprint() != before


def test_another_library_makes_another_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    before = root.prefix_fingerprint()
    monkeypatch.setattr(icu, "SOURCE", f"{icu.SOURCE}\nnop\n")
    assert root.prefix_fingerprint() != before


def test_a_file_of_the_sessions_folder_has_a_name_on_windows() -> None:
    inside = PurePosixPath("product/python/python.exe")
    assert session.windows_path(inside) == r"Z:\w\product\python\python.exe"


def test_a_registry_file_has_texts_numbers_and_bytes() -> None:
    values: registry.Values = {"Name": "C:\\Open", "Dpi": 192, "Font": b"\xf4\xff"}
    text = registry.file_of(r"HKEY_CURRENT_USER\Key", values)
    assert text.split("\r\n") == [
        "Windows Registry Editor Version 5.00",
        "",
        r"[HKEY_CURRENT_USER\Key]",
        r'"Name"="C:\\Open"',
        '"Dpi"=dword:000000c0',
        '"Font"=hex:f4,ff',
        "",
    ]


def test_a_font_is_told_as_windows_has_it() -> None:
    told = fonts.logfont("Segoe UI", 12)
    assert len(told) == 92  # LOGFONTW
    assert int.from_bytes(told[:4], "little", signed=True) == -12
    assert told[28:].decode("utf-16-le").rstrip("\0") == "Segoe UI"


def test_the_library_that_wine_lacks_has_each_function_once() -> None:
    assert len(set(icu.FUNCTIONS)) == len(icu.FUNCTIONS)
    for each in icu.FUNCTIONS:
        assert f".globl {each}\n{each}:\n" in icu.SOURCE
        assert f" -export:{each}" in icu.SOURCE
