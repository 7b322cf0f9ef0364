"""`review` says what asks for a look, beside a portal that serves."""

import json
import time

import pytest

from portal.audit.event import Event, EventKind
from portal.cli.main import main
from tests.fixtures.portal.running import Running


async def test_it_says_what_was_found(
    portal: Running, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *places]) == 0
    assert "0 findings in 7 days" in capsys.readouterr().out
    services, now = portal.portal.services, int(time.time())
    with services.database.begin() as connection:
        for at in (now - 30 * 86_400, now - 60):
            for kind, code in (
                (EventKind.METHOD_ADDED, ""),
                (EventKind.PASSWORD_RESET, "ok"),
            ):
                event = Event(kind, at, "visit", "a person", code=code)
                services.events.append(connection, event)
    assert main(["review", *places, "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["pattern"], found["events"]) == ("reset_after_new_method", [3, 4])
