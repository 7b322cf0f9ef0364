"""Names of SIDs, looked up in the directory."""

from agent.acl.sid import Sid
from agent.acl.well_known_sids import domain_rid, well_known
from agent.ldap.connection import Connection
from agent.ldap.errors import DirectoryError
from agent.ldap.filters import escape

_MOST_KEPT = 10_000


class Names:
    """What each SID is called, asked of a directory once.

    Serves as the `name_of` of `agent.verdict.judge.judge` and
    `agent.acl.ace_text.words`. For one thread, as its connection is.
    """

    def __init__(self, directory: Connection, base_dn: str) -> None:
        self._directory = directory
        self._base_dn = base_dn
        self._kept: dict[Sid, str] = {}

    def __call__(self, sid: Sid) -> str:
        if sid not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[sid] = self._name(sid)
        return self._kept[sid]

    def _name(self, sid: Sid) -> str:
        known = well_known(sid)
        if known and domain_rid(sid) is None:
            return known
        # groups of a domain may be renamed, and are in other languages; one that is
        # not found may be another domain's, so its SID says whose it is
        return self._ask(sid) or (f"{known} ({sid})" if known else str(sid))

    def _ask(self, sid: Sid) -> str | None:
        query = f"(objectSid={escape(sid.raw)})"
        wanted = ("sAMAccountName",)
        try:
            entries = self._directory.search(
                self._base_dn, query, wanted, paged=False, limit=1
            )
            entry = next(iter(entries), None)
        except DirectoryError:
            return None
        return None if entry is None else entry.text("sAMAccountName")
