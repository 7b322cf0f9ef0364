"""What a search found, kept as a whole: in a number that is bounded."""

from collections.abc import Iterable
from itertools import islice

from agent.ldap.entry import Entry
from agent.ldap.errors import Unreachable
from agent.ldap.tls import CHECK_IT
from wire.text import Text

# groups inside one group, and protected groups: no domain comes near it
MOST = 20_000


def whole_list(host: str, entries: Iterable[Entry], most: int = MOST) -> list[Entry]:
    """Keep every entry; Unreachable where a controller gives more than `most`.

    A part of them would be taken for all: who is in none of these groups.
    """
    kept = list(islice(entries, most + 1))
    if len(kept) > most:
        what = Text("it gives more than {most} groups", most=most)
        raise Unreachable(host, what, CHECK_IT)
    return kept
