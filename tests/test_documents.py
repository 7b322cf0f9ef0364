"""The documents name tests and files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_tests_that_exist(document: Path) -> None:
    for file, name in _TEST.findall(document.read_text("utf-8")):
        source = (ROOT / file).read_text("utf-8")
        assert not name or f"def {name}(" in source, f"{file}::{name}"


def test_the_verdicts_causes_are_all_documented() -> None:
    from agent.causes import Cause

    told = (ROOT / "docs/verdict.md").read_text("utf-8")
    missing = [c for c in Cause if c is not Cause.NONE and f"`{c.value}`" not in told]

    assert not missing
