"""Help shows the guide's page, and reads nothing but the guide."""

from pathlib import Path, PureWindowsPath

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFont, QImage
from pytestqt.qtbot import QtBot

from wizard.ui import guide
from wizard.ui.frame.guide_browser import GuideBrowser

PAGE = """<!doctype html><title>x</title><nav>CONTENTS</nav><main id="content">
<h1>{title}</h1><p><a href="../network.html">Network</a></p><img src="wide.png">
</main>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for language in ("en", "de"):
        (tmp_path / language / "pages").mkdir(parents=True)
        (tmp_path / language / "network.html").write_text("<main>Ports</main>")
    (tmp_path / "en/pages/relay.html").write_text(PAGE.format(title="The relay"))
    (tmp_path / "de/pages/relay.html").write_text(PAGE.format(title="Das Relay"))
    (tmp_path / "en/pages/scope.html").write_text(PAGE.format(title="Scope"))
    (tmp_path / "secret.html").write_text("<main>not the guide's</main>")
    QImage(4000, 10, QImage.Format.Format_RGB32).save(
        str(tmp_path / "en/pages/wide.png")
    )
    monkeypatch.setattr(guide, "_INSTALLED", tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    return tmp_path


@pytest.fixture
def browser(folder: Path, qtbot: QtBot) -> GuideBrowser:
    made = GuideBrowser()
    qtbot.addWidget(made)
    made.resize(300, 400)
    assert made.show_page("relay")
    assert folder
    return made


def test_it_shows_the_page_without_what_stands_around_it(browser: GuideBrowser) -> None:
    assert "The relay" in browser.toPlainText()
    assert "CONTENTS" not in browser.toPlainText()


def test_a_place_without_a_drive_is_none_of_windows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may make C:\\usr there."""
    assert guide.page_file("relay") == folder / "en/pages/relay.html"
    monkeypatch.setattr(guide, "_INSTALLED", PureWindowsPath("/usr/share/guide"))
    monkeypatch.setattr(guide, "_BUILT", folder)
    assert guide.page_file("relay") == folder / "en/pages/relay.html"
    monkeypatch.setattr(guide, "_BUILT", PureWindowsPath("/dist/guide"))
    assert guide.page_file("relay") is None


def test_a_language_comes_first_and_english_where_it_has_no_such_page(
    browser: GuideBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de_CH")
    assert browser.show_page("relay")
    assert "Das Relay" in browser.toPlainText()
    assert browser.show_page("scope")
    assert "Scope" in browser.toPlainText()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_japanese_is_emphasized_without_a_slant(
    language: str, browser: GuideBrowser, folder: Path
) -> None:
    page = f'<html lang="{language}"><main><p>1<em>2</em></p></main>'
    (folder / "en/pages/scope.html").write_text(page)
    assert browser.show_page("scope")
    cursor = browser.textCursor()
    cursor.setPosition(2)
    slanted = cursor.charFormat().fontItalic()
    bold = cursor.charFormat().fontWeight() == QFont.Weight.Bold
    assert (slanted, bold) == (language == "en", language == "ja")


def test_a_code_is_at_the_same_place_in_each_language(
    browser: GuideBrowser, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, words in (("en", "Cause"), ("de", "Ursache")):
        section = f'<h2 id="code-too-young">too_young</h2>{words}'
        (folder / language / "codes.html").write_text(f"<main>{section}</main>")
        monkeypatch.setenv("LANGUAGE", language)
        assert browser.show_code("too_young")
        assert words in browser.toPlainText()
        assert browser.source().fragment() == "code-too-young"


def test_where_there_is_no_guide_it_says_so(
    browser: GuideBrowser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "_INSTALLED", tmp_path / "nowhere")
    monkeypatch.setattr(guide, "_BUILT", tmp_path / "nowhere")
    assert not browser.show_page("relay")


def test_a_link_within_the_guide_is_followed_and_taken_back(
    browser: GuideBrowser,
) -> None:
    browser.follow(QUrl("../network.html"))
    assert "Ports" in browser.toPlainText()
    browser.backward()
    assert "The relay" in browser.toPlainText()


@pytest.mark.parametrize("link", ["../../secret.html", "file:///etc/passwd"])
def test_no_other_file_is_read(browser: GuideBrowser, link: str) -> None:
    browser.follow(QUrl(link))
    assert "The relay" in browser.toPlainText()


def test_the_web_is_for_the_desktops_browser(
    browser: GuideBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toString())
    )
    browser.follow(QUrl("https://example.org/"))
    browser.follow(QUrl("javascript:alert(1)"))
    assert opened == ["https://example.org/"]
    assert "The relay" in browser.toPlainText()


def test_a_picture_is_no_wider_than_the_pane(browser: GuideBrowser) -> None:
    picture = browser.loadResource(2, QUrl("wide.png"))
    assert 0 < picture.width() <= browser.viewport().width()
