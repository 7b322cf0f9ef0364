"""Registration codes as the database keeps them: one a person, as a hash.

Of a person who never registered there is the objectGUID, until the code ends. What a
code is worth is sealed for this person and this code: no row is good for another.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from portal.database.schema import REGISTRATION_CODE
from portal.database.upsert import insert_into
from portal.journeys.entry import Helper, helper_of, helper_values
from portal.keys.row_keys import RowKeys, Unsealable


@dataclass(frozen=True)
class RegistrationCode:
    """A code for one person; times are in Unix seconds.

    `helper` is None where the portal's owner made it.
    """

    person: str
    digest: str
    domain: str
    made: int
    ends: int
    helper: Helper | None


def replace(connection: Connection, keys: RowKeys, code: RegistrationCode) -> bool:
    """Keep a code; True where it takes the place of one before."""
    replaced = withdraw(connection, code.person)
    values = {
        "domain": code.domain,
        "ends": code.ends,
        "helper": code.helper and helper_values(code.helper),
    }
    content = keys.seal(json.dumps(values), _row(code.person, code.digest))
    statement = insert_into(connection, REGISTRATION_CODE).values(
        person=code.person,
        digest=code.digest,
        content=content,
        made=code.made,
        ends=code.ends,
    )
    own = [REGISTRATION_CODE.c.person]
    new = {
        name: statement.excluded[name] for name in ("digest", "content", "made", "ends")
    }
    connection.execute(statement.on_conflict_do_update(index_elements=own, set_=new))
    return replaced


def find(
    connection: Connection, keys: RowKeys, person: str, now: float
) -> RegistrationCode | None:
    """Give the code of a person that is good now; None where there is none."""
    of_person = REGISTRATION_CODE.c.person == person
    row = connection.execute(select(REGISTRATION_CODE).where(of_person)).first()
    if row is None:
        return None
    try:
        values = json.loads(keys.open(row.content, _row(row.person, row.digest)))
    except Unsealable:
        return None
    if values["ends"] <= now:
        return None
    return RegistrationCode(
        person=row.person,
        digest=row.digest,
        domain=values["domain"],
        made=row.made,
        ends=values["ends"],
        helper=values["helper"] and helper_of(values["helper"]),
    )


def take(connection: Connection, code: RegistrationCode) -> bool:
    """Use a code up; False where it was used, withdrawn or replaced meanwhile."""
    own = (REGISTRATION_CODE.c.person == code.person) & (
        REGISTRATION_CODE.c.digest == code.digest
    )
    return bool(connection.execute(delete(REGISTRATION_CODE).where(own)).rowcount)


def withdraw(connection: Connection, person: str) -> bool:
    """Make a person's code worthless; False where there was none."""
    own = REGISTRATION_CODE.c.person == person
    return bool(connection.execute(delete(REGISTRATION_CODE).where(own)).rowcount)


def forget_ended(connection: Connection, now: int) -> None:
    """Delete what has ended."""
    connection.execute(delete(REGISTRATION_CODE).where(REGISTRATION_CODE.c.ends <= now))


def _row(person: str, digest: str) -> str:
    return f"registration_code:{person}:{digest}"
