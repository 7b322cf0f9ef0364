"""What is laid out gets into a package as it lies there."""

import re
from pathlib import Path

import pytest

from installer import nfpm, source_hash, staging
from installer.errors import BuildError
from installer.package_specs import AGENT, PORTAL, RECIPES, WIZARD, Recipe
from installer.paths import CONSTRAINTS, INSTALLER, REPOSITORY
from installer.pyinstaller import missing


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    """The agent's package of two small programs and what installer/root holds."""
    return lay_out(AGENT, tmp_path)


def lay_out(recipe: Recipe, folder: Path) -> Path:
    frozen, pages, source = (folder / each for each in ("frozen", "pages", "source"))
    (frozen / "_internal").mkdir(parents=True)
    for name in recipe.programs:
        (frozen / name).write_bytes(b"\x7fELF")
    library = frozen / "_internal/libx.so.1"
    library.write_bytes(b"\x7fELF")
    library.chmod(0o755)
    pages.mkdir(exist_ok=True)
    for name in (*recipe.manual, f"copyright-{recipe.short}", f"sbom-{recipe.short}"):
        (pages / name).write_text("text")
    source_hash.copy(REPOSITORY, source)
    at = folder / recipe.short
    staging.lay_programs(recipe, frozen, at)
    staging.lay_out(recipe, pages, source, at)
    return at


def test_a_guide_that_another_build_left_is_not_taken(tmp_path: Path) -> None:
    for recipe, taken in ((AGENT, True), (WIZARD, False)):
        page = tmp_path / recipe.short / "pages/guide/en/index.html"
        page.parent.mkdir(parents=True)
        page.write_text("text")
        at = lay_out(recipe, tmp_path / recipe.short)
        assert (at / "usr/share/writeback/guide/en/index.html").is_file() is taken


def entries(at: Path) -> dict[str, staging.Entry]:
    return {each.path: each for each in staging.entries(AGENT, at)}


def test_programs_can_be_run_and_libraries_need_not(laid_out: Path) -> None:
    found = entries(laid_out)
    assert found["/usr/lib/writeback-agent/writeback"].mode == 0o755
    assert found["/usr/lib/writeback-agent/_internal/libx.so.1"].mode == 0o644


def test_what_is_in_etc_is_the_administrators(laid_out: Path) -> None:
    kinds = {each.kind for path, each in entries(laid_out).items() if "/etc/" in path}
    assert kinds == {"config"}


def test_commands_are_links_into_the_programs_folder(laid_out: Path) -> None:
    link = entries(laid_out)["/usr/bin/writeback"]
    assert (link.kind, link.target) == ("symlink", "../lib/writeback-agent/writeback")


def test_only_folders_of_its_own_belong_to_a_package(laid_out: Path) -> None:
    folders = [path for path, each in entries(laid_out).items() if each.kind == "dir"]
    assert "/usr/lib/writeback-agent/_internal" in folders
    assert all("writeback-agent" in path for path in folders)


@pytest.mark.parametrize("packager", nfpm.PACKAGERS)
def test_each_file_of_the_configuration_is_there(
    laid_out: Path, packager: nfpm.Packager
) -> None:
    content = staging.entries(AGENT, laid_out)
    wish = nfpm.config(AGENT, packager, content, version="1.0", epoch=0)
    assert wish["scripts"]
    for script in wish["scripts"].values():
        assert (INSTALLER / script.removeprefix("/build/src/installer/")).is_file()
    for each in wish["contents"]:
        if "type" not in each or each["type"].startswith("config"):
            assert (laid_out / each["src"].removeprefix("/build/agent/")).is_file()


def test_the_wizard_wants_the_agent_of_its_own_version() -> None:
    for packager in nfpm.PACKAGERS:
        wish = nfpm.config(WIZARD, packager, [], version="1.2.3", epoch=0)
        assert any("writeback-agent" in e and "1.2.3" in e for e in wish["depends"])


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_each_manual_page_of_a_package_is_written(recipe: Recipe) -> None:
    for name in recipe.manual:
        assert (INSTALLER / "manual" / name).is_file()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_each_document_of_a_package_lies_in_it(recipe: Recipe, tmp_path: Path) -> None:
    doc = lay_out(recipe, tmp_path) / "usr/share/doc" / recipe.name
    for name in staging.DOCUMENTS.get(recipe.short, ()):
        assert (doc / Path(name).name).read_text() == (REPOSITORY / name).read_text()
    more = {Path(name).name for name in staging.DOCUMENTS.get(recipe.short, ())}
    if recipe is PORTAL:
        more.add("examples")
    own = {"changelog.gz", "copyright", "sbom.cdx.json"}
    assert {path.name for path in doc.iterdir()} == own | more


@pytest.mark.parametrize("name", ["relay", "portal"])
def test_what_a_page_leads_to_is_in_its_package(name: str) -> None:
    text = (REPOSITORY / f"docs/{name}.md").read_text()
    pages = set(re.findall(r"\]\(([^):#]+)\)", text))
    assert pages
    assert {f"docs/{each}" for each in pages} <= set(staging.DOCUMENTS[name])


def test_a_version_that_packagers_order_differently_is_refused() -> None:
    assert source_hash.checked_version("0.2.0") == "0.2.0"
    for wrong in ("1", "v1.0", "1.0-2", "1.0_a", "1:1.0", "1.0 ", ""):
        with pytest.raises(BuildError, match="is no version"):
            source_hash.checked_version(wrong)


def test_a_changed_source_is_another_package(tmp_path: Path) -> None:
    for name in ("one", "two"):
        source_hash.copy(REPOSITORY, tmp_path / name)
    one, two = tmp_path / "one", tmp_path / "two"
    assert source_hash.of_package(one, "agent") == source_hash.of_package(two, "agent")
    assert source_hash.of_package(one, "agent") != source_hash.of_package(one, "wizard")
    programs = source_hash.of_programs(one, "agent")
    (one / "installer/root/agent/etc/default/writeback-agent").chmod(0o755)
    assert source_hash.of_package(one, "agent") != source_hash.of_package(two, "agent")
    assert source_hash.of_programs(one, "agent") == programs
    (two / "agent/request/handler.py").write_text("")
    assert source_hash.of_programs(two, "agent") != programs
    others = ("relay", "portal")
    assert all(
        source_hash.of_programs(one, name) == source_hash.of_programs(two, name)
        for name in others
    )


NOTES = """\
missing module named winreg - imported by mimetypes (optional)
missing module named gone - imported by wire.jose (delayed), relay.cli (optional)
excluded module named sqlite3 - imported by relay.store (top-level), x (optional)
missing module named absent - imported by wizard.cli.main (top-level)
missing module named pydantic.BaseModel - imported by agent.config.settings (top-level)
excluded module named 'keyring.cli' - imported by keyring (top-level)
"""


def test_what_the_product_always_imports_must_be_found() -> None:
    assert missing(NOTES) == ["absent", "sqlite3"]


def test_everything_that_is_built_in_is_pinned() -> None:
    from installer import build_root

    lines = CONSTRAINTS.read_text().lower().replace("_", "-").splitlines()
    pinned = {line.partition("==")[0] for line in lines}
    for wish in build_root.wanted():
        name = re.split("[;>\\[]", wish)[0].lower().replace("_", "-")
        assert name in pinned
