"""Cases of the random test that were kept: each is decided as the controller did."""

from pathlib import Path

import pytest

from tests.live.access_files import FOLDER, as_samba_reads, from_sddl, load, to_sddl

KEPT = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_case_is_decided_as_the_controller_did(file: Path) -> None:
    kept = load(file)
    stored = from_sddl(kept.descriptor)

    assert to_sddl(stored) == kept.descriptor
    assert kept.decided(as_samba_reads(stored)) == kept.seen


@pytest.mark.parametrize(
    "file", [f for f in KEPT if f.stem.startswith("quirk")], ids=lambda file: file.stem
)
def test_what_samba_alone_allows_the_product_does_not(file: Path) -> None:
    kept = load(file)

    assert kept.seen
    assert not kept.decided(from_sddl(kept.descriptor))
