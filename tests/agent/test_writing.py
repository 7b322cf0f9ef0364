"""After a write: what can't be seen is said as it is."""

from typing import Any, cast

from agent.stages import Located, Written
from agent.writing import verify
from tests.agent.test_domain import EVERYTHING, Fake, person, seen


def test_somebody_who_is_gone_after_the_write_is_told_as_gone() -> None:
    user, fake = person(EVERYTHING), Fake()
    asked = cast("Any", None)  # the request plays no part in reading back
    written = Written(Located(asked, fake.warm, user, seen(user)))

    note = verify(written).note

    assert note.startswith("not read back: the object is gone")
