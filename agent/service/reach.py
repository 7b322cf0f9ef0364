"""Whether anybody can be reset: some people of the scope, judged as a reset would be.

A link and a controller that answer are no reset: where the account's rights are gone,
everybody is refused. So a few people are judged every few minutes, until one is found
who can be reset; that reads, and writes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import DETAIL, User, read_again, user_of
from agent.config.scope_containers import ScopeContainers
from agent.config.settings import Scope, Settings
from agent.ldap.controls import OWNER_GROUP_DACL
from agent.ldap.entry import Entry
from agent.ldap.errors import NoSuchObject
from agent.ldap.filters import member_filter, people_filter
from agent.ldap.pool import Pool, PooledConnection
from agent.verdict.judge import judge
from agent.verdict.verdict import OperationVerdict, State
from wire.outcomes import OUTCOMES, Code, Refused

# looked at before it is said of nobody
MOST = 100


@dataclass(frozen=True)
class Reach:
    """How many people were looked at; and why none of them can be reset.

    `code` is what most of them are refused with, None where somebody can be reset.
    """

    looked: int
    code: Code | None = None

    @property
    def nobody(self) -> bool:
        """Whether nobody was found who can be reset."""
        return self.code is not None

    @property
    def why(self) -> str:
        """Say why not, in the words of the outcome; empty where somebody can be."""
        if self.code is None:
            return ""
        if not self.looked:
            return "there are no people in the scope"
        return f"{OUTCOMES[self.code].admin.rstrip('.')} ({self.code}, {self.looked})"


def look(pool: Pool, domain: DomainCache, settings: Settings) -> Reach:
    """Judge people until one can be reset; DirectoryError where nobody answers."""
    with pool.connection(lambda warm: _look(warm, domain, settings)) as reach:
        return reach


def _look(warm: PooledConnection, domain: DomainCache, settings: Settings) -> Reach:
    reader, operations = SubjectReader(domain), settings.features.operations
    refused = Counter[Code]()
    for user in _people(warm, settings):
        try:
            subject = reader.read_in_scope(warm, user)
        except Refused as error:
            refused[error.code] += 1
            continue
        reset = judge(subject, operations).reset
        if not _for_good(reset):
            return Reach(refused.total() + 1)
        refused[reset.code] += 1
    common = refused.most_common(1)
    return Reach(refused.total(), common[0][0] if common else Code.USER_NOT_FOUND)


def _for_good(verdict: OperationVerdict) -> bool:
    """Say whether it is no, and time alone does not mend it; not known is not no."""
    return verdict.state is State.NO and verdict.until is None


def _people(warm: PooledConnection, settings: Settings) -> Iterator[User]:
    scope, left = settings.scope, MOST
    if scope.exclude_containers:
        yield from islice(_people_beside(warm, scope), MOST)
        return
    for container in scope.containers:
        for entry in _found(warm, scope, container, DETAIL, limit=left):
            left -= 1
            yield user_of(entry)
        if left < 1:
            return


def _people_beside(warm: PooledConnection, scope: Scope) -> Iterator[User]:
    """Find people by their names before they are read: most may be excluded."""
    containers = ScopeContainers.of(scope)
    for container in scope.containers:
        for entry in _found(warm, scope, container, ()):
            if containers.include(entry.dn):
                with suppress(NoSuchObject):  # gone by now
                    yield read_again(warm.directory, entry.dn)


def _found(
    warm: PooledConnection,
    scope: Scope,
    container: str,
    attributes: Sequence[str],
    limit: int | None = None,
) -> Iterator[Entry]:
    pilot, controls = scope.pilot_group, (OWNER_GROUP_DACL,)
    query = people_filter(*(() if pilot is None else (member_filter(pilot),)))
    return warm.directory.search(
        container,
        query,
        attributes,
        controls=controls if attributes else (),
        paged=limit is None,
        limit=limit,
    )
