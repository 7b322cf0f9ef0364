"""Somebody found by whatever an administrator names them by."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from agent.active_directory import users
from agent.active_directory.identifiers import UserFilter, nobody, user_filter
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap.connection import Connection
from wire.names import Identifier
from wire.outcomes import Code, Refused


def filters_of(
    value: str, by: Identifier | None, settings: Settings
) -> tuple[UserFilter, ...]:
    """Give the filters that may find somebody; of an attribute alone where it is named.

    Else they are named by what the value's form says, or as the cloud names people.
    What somebody can't be named by so is left out, such as what is no GUID; where
    nothing is left, that is `Refused` (bad_request).
    """
    attributes = (by,) if by else (_form_of(value), settings.identify_by)
    filters, refusals = [], []
    for attribute in dict.fromkeys(attributes):
        try:
            filters.append(user_filter(attribute, value))
        except Refused as error:
            refusals.append(error)
    if not filters:
        raise refusals[0]
    return tuple(filters)


def _form_of(value: str) -> Identifier:
    with suppress(ValueError):
        UUID(value)
        return "objectGUID"
    return "userPrincipalName" if "@" in value else "sAMAccountName"


def find_person(
    directory: Connection, base_dn: str, filters: Sequence[UserFilter]
) -> User:
    """Find somebody by the first filter that finds any; `Refused`: nobody, several."""
    for each in filters:
        try:
            return users.find(directory, base_dn, each, detail=True)
        except Refused as error:
            if error.code is not Code.USER_NOT_FOUND:
                raise
    tried = " or ".join(each.by for each in filters)
    raise nobody(tried, filters[0].value)
