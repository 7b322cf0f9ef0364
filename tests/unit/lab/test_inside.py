"""What the lab runs inside the Samba root is there by the name it is run by."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
_NAMED = re.compile(r'(?:run_python|change_stopped)\((?:[^()"]*, )?"(\w+\.py)"')


def test_the_scripts_that_are_named_are_those_that_are_there() -> None:
    folders = (ROOT / "lab", ROOT / "tests/integration")
    sources = [path.read_text() for each in folders for path in each.rglob("*.py")]
    named = {name for source in sources for name in _NAMED.findall(source)}
    assert named == {path.name for path in (ROOT / "lab/inside").glob("*.py")}
