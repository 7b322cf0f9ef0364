"""Writes what a package tells about itself: manual pages, completion, copyright."""

from pathlib import Path


def write(root: Path, work: Path, version: str, *, epoch: int) -> Path:
    """Write everything to a folder below `work` and give it."""
    pages = work / "pages"
    pages.mkdir()
    for name in ("writeback.1", "writeback-agent.8", "writeback-wizard.1"):
        (pages / name).write_text(".TH X 1\n")
    for name in ("agent", "wizard"):
        (pages / f"copyright-{name}").write_text("Apache-2.0\n")
    return pages
