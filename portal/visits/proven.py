"""What was proven in a visit: rows that this portal wrote, of methods that are there.

Each row is sealed with a key that the database does not hold, so that who writes the
database proves nothing; what it stands for is read from the method as it is now.
"""

from sqlalchemy import Connection

from portal.database import visits
from portal.database.proofs import RegisteredMethod
from portal.database.visits import TakenRow
from portal.journeys.visit import TakenMethod
from portal.keys.pepper import Pepper, Purpose
from portal.services import Services


def take(
    services: Services,
    connection: Connection,
    visit: str,
    method: RegisteredMethod,
    *,
    user_verified: bool = False,
) -> None:
    """Note that a method was used right, now."""
    now = int(services.clock())
    seal = _seal(services.pepper, visit, method, now, user_verified=user_verified)
    visits.take(connection, visit, TakenRow(method.id, user_verified, now, seal))


def proven(
    services: Services, connection: Connection, visit: str, guid: str | None
) -> tuple[TakenMethod, ...]:
    """Give the methods of a person that were used right in a visit."""
    own = {each.id: each for each in services.proofs.of_person(connection, guid)}
    found = []
    for row in visits.taken(connection, visit):
        method = own.get(row.proof)
        if method is None:
            continue
        seal = _seal(
            services.pepper, visit, method, row.at, user_verified=row.user_verified
        )
        if seal == row.seal:
            found.append(taken_method(method, row.at, user_verified=row.user_verified))
    return tuple(found)


def taken_method(
    method: RegisteredMethod, at: int, *, user_verified: bool
) -> TakenMethod:
    """Give a method as one that was used, at a time in Unix seconds."""
    return TakenMethod(
        proof=method.id,
        kind=method.kind,
        digest=method.wire_id,
        registered=method.registered,
        confirmed=method.confirmed,
        user_verified=user_verified,
        at=at,
        receipt=method.receipt,
    )


def _seal(
    pepper: Pepper,
    visit: str,
    method: RegisteredMethod,
    at: int,
    *,
    user_verified: bool,
) -> str:
    fields = (visit, method.person, method.id, method.wire_id, str(at))
    return pepper.digest(Purpose.TAKEN, *fields, str(user_verified))
