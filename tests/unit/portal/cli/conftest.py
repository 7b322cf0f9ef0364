"""Where the commands find the settings and secrets of a portal that serves."""

import json

import pytest

from tests.fixtures.portal.running import Running


@pytest.fixture
def places(portal: Running) -> list[str]:
    settings = portal.portal.services.settings.model_dump(mode="json")
    path = portal.folder / "portal.yaml"
    path.write_text(json.dumps(settings))
    return ["--settings", str(path), "--secrets", str(portal.folder / "secrets")]
