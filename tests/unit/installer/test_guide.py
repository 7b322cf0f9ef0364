"""The guide is whole: each page and each code has its place, and each link an end."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from installer.errors import BuildError
from installer.guide.build import (
    ENGLISH,
    SOURCE,
    TRANSLATIONS,
    build,
    extract,
    languages,
)
from installer.guide.words import SKIP
from installer.paths import REPOSITORY
from wire.outcomes import OUTCOMES, Code
from wizard.flow.pages.order import PAGES
from wizard.translation import say
from wizard.ui.guide import code_anchor


class _Anchors(HTMLParser):
    """Collects what can be linked to, the text, and what is loaded from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.pictures: dict[str, str] = {}  # what each shows, by its file's name
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids.add(named.get("id") or "")
        if tag == "img":
            self.pictures[Path(named["src"] or "").name] = named["alt"] or ""
        if tag == "a":
            self.links.append(named.get("href") or "")
        if tag in {"img", "script"}:
            self.loaded.append(named.get("src") or "")
        if tag == "link":
            self.loaded.append(named.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        # a space that does not break is one of the text's letters: French has it
        return re.sub(r"[ \n]+", " ", " ".join(self.words)).strip()


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (first,) = build(tmp_path_factory.mktemp("guide"), [ENGLISH])
    return first.parent


def test_every_page_of_the_wizard_has_its_place(guide: Path) -> None:
    described = {path.stem for path in (guide / "pages").glob("*.html")}
    assert described == {page.id for page in PAGES}


def test_every_code_has_its_place_its_cause_and_its_remedy(guide: Path) -> None:
    page = _Anchors((guide / "codes.html").read_text())
    assert {code_anchor(code) for code in Code} <= page.ids
    for outcome in OUTCOMES.values():
        assert str(outcome.admin) in page.text
        assert str(outcome.remedy) in page.text


def test_nothing_is_loaded_from_elsewhere(guide: Path) -> None:
    for path in guide.rglob("*.html"):
        for each in _Anchors(path.read_text()).loaded:
            assert "//" not in each, path.name
            assert (path.parent / each.partition("?")[0]).is_file(), (path.name, each)


def test_each_field_is_told_with_its_setting(guide: Path) -> None:
    for page in PAGES:
        text = _Anchors((guide / f"pages/{page.id}.html").read_text()).text
        assert f"{page.title} {page.why}" in text
        for field in page.fields:
            assert str(field.label) in text
            for option in field.options:
                assert str(option.help) in text
        assert "input." not in text  # a secret is no setting
        assert ("relay.proxy" in text) == (page.id == "relay")


@pytest.mark.parametrize(
    ("way", "pages"),
    [
        ("express", "welcome mode relay directory account review apply complete"),
        ("customize", "scope identify pilot features self_service permissions"),
    ],
)
def test_a_way_to_install_has_a_picture_of_each_page_with_what_it_shows(
    guide: Path, way: str, pages: str
) -> None:
    titles = {page.id: str(page.title) for page in PAGES}
    shown = _Anchors((guide / f"{way}.html").read_text()).pictures
    assert list(shown) == [f"{page}.png" for page in pages.split()]
    for page in pages.split():
        assert shown[f"{page}.png"] == f"The wizard's page “{titles[page]}”"


def test_each_page_is_told_with_its_picture(guide: Path) -> None:
    for page in PAGES:
        html = (guide / f"pages/{page.id}.html").read_text()
        assert list(_Anchors(html).pictures) == [f"{page.id}.png"]


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / SOURCE).mkdir(parents=True)
    (repository / SOURCE / "index.md").write_text("# A\n\n[there](nowhere.md)\n")
    for name in ("installer", "resources"):
        (repository / name).symlink_to(REPOSITORY / name)
    with pytest.raises(BuildError, match=r"nowhere\.md"):
        build(tmp_path / "out", repository=repository)


def small(repository: Path, *words: tuple[str, str]) -> Path:
    """Lay out a guide of two sentences, with words in German for some."""
    (repository / SOURCE).mkdir(parents=True)
    page = "# Title\n\n## One part\n\nTo [it](#one-part).\n\nTwo.\n"
    (repository / SOURCE / "index.md").write_text(page)
    (repository / "installer").symlink_to(REPOSITORY / "installer")
    catalog = repository / TRANSLATIONS / "de/LC_MESSAGES/guide.po"
    catalog.parent.mkdir(parents=True)
    (repository / "resources/__init__.py").touch()
    texts = (f'msgid "{text}"\nmsgstr "{said}"\n' for text, said in words)
    catalog.write_text("\n".join(texts))
    return repository


def test_a_language_without_a_word_has_no_guide(tmp_path: Path) -> None:
    assert languages(small(tmp_path / "none", ("Two.", ""))) == ["en"]
    assert languages(small(tmp_path / "some", ("Two.", "Zwei."))) == ["en", "de"]


def test_what_has_no_words_stays_english_and_places_keep_their_names(
    tmp_path: Path,
) -> None:
    words = (("One part", "Ein Teil"), ("To [it](#one-part).", "[Dorthin](#one-part)."))
    repository = small(tmp_path / "repository", *words)
    english, german = build(tmp_path / "out", repository=repository)
    page = _Anchors(german.read_text())
    assert "Ein Teil Dorthin . Two." in page.text
    assert "One part" not in page.text
    assert {"#one-part"} == {each for each in page.links if each.startswith("#one")}
    assert page.ids >= _Anchors(english.read_text()).ids > {"one-part"}
    assert not list(repository.rglob("*.mo"))  # nothing is made among the sources


def test_a_link_that_was_translated_is_an_error(tmp_path: Path) -> None:
    words = ("To [it](#one-part).", "[Dorthin](#ein-teil).")
    repository = small(tmp_path / "repository", words)
    with pytest.raises(BuildError, match="ein-teil"):
        build(tmp_path / "out", ["de"], repository=repository)


@pytest.fixture(scope="module", params=languages()[1:])
def translated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    (first,) = build(tmp_path_factory.mktemp("guide"), [request.param])
    return first.parent


def test_in_each_language_a_page_is_called_as_in_the_window(
    translated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITEBACK_LANGUAGE", translated.name)
    shows = {page.id: say(page.title) for page in PAGES}
    assert not set(shows.values()) & {str(page.title) for page in PAGES}
    for page in PAGES:
        html = _Anchors((translated / f"pages/{page.id}.html").read_text())
        assert f"{say(page.title)} {say(page.why)}" in html.text
        assert shows[page.id] in html.pictures[f"{page.id}.png"]
        assert "The wizard's page" not in html.pictures[f"{page.id}.png"]
        assert SKIP not in html.text


def test_a_page_says_its_language_and_has_letters_for_it(translated: Path) -> None:
    for path in translated.rglob("*.html"):
        assert f'<html lang="{translated.name}"' in path.read_text(), path.name
    style = (translated / "_static/guide.css").read_text()
    assert '"Noto Sans", "Noto Sans CJK JP", sans-serif' in style
    # of the letters that languages share, the Japanese ones; and none of them slanted
    assert 'body:lang(ja) { font-family: "Noto Sans CJK JP"' in style
    assert "em:lang(ja) { font-style: normal" in style


def test_in_each_language_the_codes_are_told_by_the_program(
    translated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITEBACK_LANGUAGE", translated.name)
    text = _Anchors((translated / "codes.html").read_text()).text
    for outcome in OUTCOMES.values():
        assert say(outcome.admin) in text
        assert say(outcome.remedy) in text


def test_in_each_language_every_place_and_link_is_there(
    guide: Path, translated: Path
) -> None:
    for path in sorted(guide.rglob("*.html")):
        name = path.relative_to(guide)
        english = _Anchors(path.read_text())
        page = _Anchors((translated / name).read_text())
        assert english.ids <= page.ids, name
        assert sorted(english.links) == sorted(page.links), name
        for link in page.links:
            file, _, anchor = link.partition("#")
            if "//" not in link and file:
                target = (translated / name).parent / file
                assert target.is_file(), (name, link)
                assert not anchor or anchor in _Anchors(target.read_text()).ids


def test_what_the_program_translates_is_not_asked_of_translators_twice(
    tmp_path: Path,
) -> None:
    template = extract(tmp_path).read_text()
    joined = re.sub(r'"\n"', "", template)
    assert "the address of a relay" in joined
    assert str(OUTCOMES[Code.USER_NOT_FOUND].admin) not in joined
    assert str(PAGES[0].why) not in joined
    # what a picture shows: asked for once, with whatever title
    assert re.findall("The wizard's page.*", joined) == ["The wizard's page “{page}”\""]


def test_the_same_sources_give_the_same_files(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    (first,) = build(tmp_path / "one", [ENGLISH])
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    (second,) = build(tmp_path / "two", [ENGLISH])
    for path in sorted(first.parent.rglob("*")):
        if path.is_file():
            other = second.parent / path.relative_to(first.parent)
            assert path.read_bytes() == other.read_bytes(), path.name
    assert {each.name for each in first.parent.glob("*.html")} == {
        each.name for each in guide.glob("*.html")
    }
    assert [each.name for each in (tmp_path / "one").iterdir()] == [ENGLISH]
