"""On Windows each request is an entry of the event log, and no password is in any."""

import logging
from contextlib import closing
from pathlib import Path

from agent.platform.windows.event_journal import EventJournal
from agent.service.journal import Handler, Journal
from tests.fixtures.windows.fake_win32 import FakeWin32
from tests.unit.agent.request.test_handler import Desk
from tests.unit.agent.wire import AGENT, CANARY, STRANGER, claims
from wire.sent_request import SentRequest


def test_requests_are_entries_without_a_password(tmp_path: Path) -> None:
    win32 = FakeWin32()
    with closing(Journal(EventJournal(win32))) as journal:
        handler, root = Handler(journal), logging.getLogger()
        root.addHandler(handler)
        desk = Desk(tmp_path, also=journal.request)
        try:
            assert desk.ask()["code"] == "directory_unavailable"
            assert desk.ask(new_password=f"{CANARY}\0")["code"] == "bad_request"
            assert desk.ask(op=CANARY)["code"] == "bad_request"
            desk.post(SentRequest.seal(claims(), STRANGER, AGENT.public).token)
            desk.post(CANARY.encode())
        finally:
            root.removeHandler(handler)
            desk.endpoints.close()
            desk.ledger.close()
    # as in the table of docs/events.md
    events = [each.event for each in win32.reported if each.event > 32_000]
    assert events == [32001, 32003, 32003, 32004]
    texts = [text for each in win32.reported for text in each.texts]
    assert not [text for text in texts if CANARY in text]
    assert "WRITEBACK_CODE=directory_unavailable" in texts
