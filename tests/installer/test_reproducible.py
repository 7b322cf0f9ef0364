"""The same sources give the same packages, byte for byte."""

import shutil

import pytest

from installer.build import build, checksum
from installer.places import BUILD
from installer.recipes import RECIPES
from tests.lab.steps import silent

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_second_build_gives_the_same_bytes(name: str) -> None:
    first = build([name], "9.9.9", silent)
    sums = [checksum(path) for path in first]
    shutil.rmtree(first[0].parent)
    for frozen in (BUILD / "frozen").iterdir():
        shutil.rmtree(frozen)
    second = build([name], "9.9.9", silent)
    assert first == second
    assert [checksum(path) for path in second] == sums
