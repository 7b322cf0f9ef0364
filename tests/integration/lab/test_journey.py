"""The whole journey through the real pages, and no secret left behind by it."""

from pathlib import Path

from lab.controller import Lab
from lab.demo.offers import write_offers
from lab.demo.plot import FIRST, SECOND, Ground, travel
from lab.demo.portal_walk import CHANGED, NEW
from lab.sandbox import sandbox


def test_customize_reset_sign_in_and_reconfigure(
    fresh_lab: Lab, tmp_path: Path, qapp: object
) -> None:
    assert qapp
    lines: list[str] = []
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        offers = write_offers(tmp_path / "offers.json", fresh_lab, whole.relay)
        portal = tmp_path / "portal"
        machine, pictures = whole.host.places.home, tmp_path / "pictures"
        ground = Ground(
            *(fresh_lab, whole.relay, portal, offers), machine, pictures, lines.append
        )
        result = travel(ground)

        assert result.ok, result.failure
        assert len(result.screenshots) >= 18
        assert all(Path(picture).stat().st_size for picture in result.screenshots)
        assert result.portal_ms > 0
        secrets = (FIRST, SECOND, NEW, CHANGED, fresh_lab.admin_password)
        _search(secrets, machine, whole.relay.folder, portal)
        assert not any(secret in line for secret in secrets for line in lines)


def _search(secrets: tuple[str, ...], *folders: Path) -> None:
    """Look for each secret, as text and as the directory's UTF-16, in every file."""
    needles = [s.encode(code) for s in secrets for code in ("utf-8", "utf-16-le")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        assert not any(needle in data for needle in needles), path
