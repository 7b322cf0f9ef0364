"""The documents say what the code does."""

from pathlib import Path

from wire.outcomes import OUTCOMES

ROOT = Path(__file__).parents[2]


def test_the_wire_lists_every_code_as_the_catalogue_has_it() -> None:
    text = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for outcome in OUTCOMES.values():
        row = f"| `{outcome.code}` | {outcome.event} | {outcome.admin} |"

        assert row in rows
