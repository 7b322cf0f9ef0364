"""The deny list from the command line: shown, added to, taken from."""

import pytest

from agent.config.errors import SettingsError
from agent.config.settings_file import dump, parse
from tests.unit.wizard.answered import SETTINGS
from wizard.cli.commands.deny import _added, _removed, changed, shown

BOARD = "CN=Board,OU=Groups,DC=corp,DC=test"
SID = "S-1-5-21-1-2-3-1300"


def test_names_are_added_once_and_the_file_is_read_back_with_them() -> None:
    settings = changed(SETTINGS, _added, [BOARD, SID, BOARD])

    assert settings.scope.deny_list == (BOARD, SID)
    assert parse(dump(settings)) == settings
    assert shown(settings).data == {"deny_list": [BOARD, SID]}
    assert "deny_list" not in dump(SETTINGS)  # an older program reads it too


def test_names_are_taken_off_whatever_their_case() -> None:
    settings = changed(SETTINGS, _added, [BOARD, SID])

    assert changed(settings, _removed, [BOARD.lower()]).scope.deny_list == (SID,)
    assert changed(settings, _removed, [SID, BOARD]) == SETTINGS


@pytest.mark.parametrize("name", ["board", "S-1-5-11"])
def test_what_names_nobody_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=r"scope\.deny_list"):
        changed(SETTINGS, _added, [name])
