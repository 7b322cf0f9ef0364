"""A trail in a folder, what somebody does to it, and its check."""

import hashlib
from pathlib import Path

from agent.audit.trail import MOST_BYTES, MOST_FILES, Trail
from agent.audit.verification import Report, verify


class Files:
    """The files of a trail."""

    def __init__(self, folder: Path) -> None:
        self.path, self.head = folder / "log/audit.jsonl", folder / "state/audit.head"

    def write(
        self, count: int, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
    ) -> None:
        trail = Trail(
            self.path, self.head, most_bytes=most_bytes, most_files=most_files
        )
        for number in range(count):
            trail.add({"event": 31002, "event_name": "x", "number": number})
        trail.close()

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()

    def edit(self, lines: list[str]) -> None:
        self.path.write_text("".join(f"{line}\n" for line in lines))

    def verify(self, expected: str = "") -> Report:
        return verify(self.path, self.head, expected)

    def findings(self) -> list[str]:
        return list(self.verify().findings)


def with_own_hash(line: str, old: str, new: str) -> str:
    """Change a record as who knows how a line is hashed."""
    body = line[: line.rindex(', "hash"')].replace(old, new) + "}"
    assert new in body
    own = hashlib.sha256(body.encode()).hexdigest()
    return f'{body[:-1]}, "hash": "{own}"}}'
