"""`writeback self-service guide`: materials by the settings in force."""

from pathlib import Path
from typing import Any

import pytest

from agent.config.settings_file import validate
from rollout.facts import Facts
from rollout.materials import Material
from tests.unit.agent.config.test_settings import GOOD
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind
from wizard.cli.commands.rollout import facts_of, guide
from wizard.cli.errors import BadUsage
from wizard.plan.change import StepFailed

PORTAL = "https://portal.corp.test/"


def facts(portal: str = PORTAL, **more: Any) -> Facts:
    wished = {"who": "all", "help": {"phone": "5555"}, "banned_words": ["contoso"]}
    return facts_of(validate(GOOD | {"self_service": wished | more}), portal, "")


def test_the_facts_are_those_of_the_settings() -> None:
    found = facts(
        kinds=["passkey", "email"],
        proofs=1,
        operations={"unlock": False, "help_desk_reset": True},
    )
    assert found.portal == "https://portal.corp.test"
    assert found.organization == validate(GOOD).directory.domain
    assert found.kinds == (ProofKind.PASSKEY, ProofKind.EMAIL)
    assert found.operations == {Operation.RESET, Operation.CHANGE}
    assert Operation.RESET in found.help_desk


def test_a_guide_is_the_output_and_its_data() -> None:
    result = guide(Material.GUIDE, facts(), "en", None)
    assert "5555" in result.text
    assert result.data["text"].startswith(result.data["title"])
    assert "contoso" not in result.text


def test_it_is_written_to_print_or_as_text(tmp_path: Path) -> None:
    page, text = tmp_path / "guide.HTML", tmp_path / "guide.txt"
    guide(Material.GUIDE, facts(), "de", page)
    guide(Material.GUIDE, facts(), "de", text)
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "Ihr Kennwort" in text.read_text("utf-8")


@pytest.mark.parametrize("name", ["guide.docx", "guide", ".html"])
def test_another_form_of_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadUsage, match=r"\.html"):
        guide(Material.GUIDE, facts(), "en", tmp_path / name)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StepFailed):
        guide(Material.GUIDE, facts(), "en", tmp_path / "not" / "guide.txt")


@pytest.mark.parametrize(
    "address", ["http://portal.test", "portal.test", "", "https://a@b.test", "https://"]
)
def test_what_is_no_address_of_a_portal_is_refused(address: str) -> None:
    with pytest.raises(BadUsage, match="--portal"):
        facts(portal=address)


def test_nobody_is_promised_what_nobody_may() -> None:
    with pytest.raises(BadUsage, match="nobody"):
        guide(Material.ANNOUNCEMENT, facts(who="none"), "en", None)
    assert guide(Material.HELP_DESK, facts(who="none"), "en", None).text
