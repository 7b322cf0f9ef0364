"""After a write: what can't be seen is said as it is."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.request.answer import Ended
from agent.request.judgment import Judged
from agent.request.ledger import Ledger
from agent.request.password_write import Written, verify, write
from agent.request.stages import Located
from tests.unit.agent.active_directory.test_domain_cache import (
    EVERYTHING,
    Fake,
    person,
)
from tests.unit.agent.active_directory.test_subject_reader import subject_of
from wire.outcomes import Code


def test_somebody_who_is_gone_after_the_write_is_named_as_gone() -> None:
    user, fake = person(EVERYTHING), Fake()
    request = cast("Any", None)  # the request plays no part in reading back
    written = Written(Located(request, fake.warm, user, subject_of(user)))

    note = verify(written).note

    assert note.startswith("not read back: the object is gone")


def test_what_another_process_took_meanwhile_is_not_written_again(
    tmp_path: Path,
) -> None:
    ledger, user, fake = Ledger(tmp_path / "ledger"), person(EVERYTHING), Fake()
    request = cast("Any", SimpleNamespace(jti="jti-1", digest=b"digest"))
    tools = cast("Any", SimpleNamespace(ledger=ledger))
    # as one that hands over does, to which the same token was sent
    entry = {"user": "anna", "dn": user.dn, "controller": "dc1", "pwd_last_set": 7}
    ledger.enter(request.jti, request.digest, **cast("Any", entry))

    with pytest.raises(Ended) as ended:
        write(Judged(Located(request, fake.warm, user, subject_of(user))), tools)

    # the portal sends the same token again, and is told the first answer
    assert ended.value.answer.code is Code.UNKNOWN_RESULT
    ledger.close()
