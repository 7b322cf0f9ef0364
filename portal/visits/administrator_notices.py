"""Tells administrators by mail: of events, agents and ways that fail; not too often."""

from typing import Any

from sqlalchemy import Connection

from portal.audit.event import Event
from portal.database import administrator_notices as notices
from portal.database import people
from portal.notifications.administrators import (
    OF_HELP_DESK,
    AdministratorNotice,
    administrator_mails,
    notice_of,
)
from portal.notifications.messages import NOTICE_S
from portal.services import Services


class AdministratorNotices:
    """Queues mails to the addresses of the settings, in the cause's transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def of_event(self, connection: Connection, event: Event) -> None:
        """Tell them of an event, where it is one that they are told of."""
        kind = notice_of(event)
        if kind is None:
            return
        person, actor = (
            people.find(connection, guid) if guid is not None else None
            for guid in (event.person, event.actor)
        )
        self.tell(
            connection,
            kind,
            name="" if person is None else person.upn or person.name,
            actor="" if actor is None else actor.upn or actor.name,
            reference=event.reference,
            address=event.address,
        )

    def once(
        self,
        connection: Connection,
        kind: AdministratorNotice,
        subject: str,
        **fields: Any,
    ) -> None:
        """Tell them of a state when it begins, and no more while it lasts."""
        if notices.is_first(connection, kind, subject, self._services.clock()):
            self.tell(connection, kind, **fields)

    def tell(
        self, connection: Connection, kind: AdministratorNotice, **fields: Any
    ) -> None:
        """Tell them, or count it as held back where they were told so often."""
        wished, now = self._services.settings.notify, self._services.clock()
        to = [*wished.administrators] if self._are_wanted() else []
        to += wished.help_desk if kind in OF_HELP_DESK else ()
        if to and notices.may_send(connection, kind, wished.per_hour, now):
            self._queue(connection, kind, to, **fields)

    def say_held_back(self, connection: Connection) -> None:
        """Say how many notices were held back in hours that are over."""
        wished = self._services.settings.notify
        for each in notices.take_held_back(connection, self._services.clock()):
            self._queue(
                connection,
                AdministratorNotice.HELD_BACK,
                [*wished.administrators],
                of=each.kind,
                count=each.held,
            )

    def _queue(
        self,
        connection: Connection,
        kind: AdministratorNotice,
        to: list[str],
        **fields: Any,
    ) -> None:
        services, now = self._services, self._services.clock()
        for message in administrator_mails(
            services.settings, services.templates, kind, now=now, to=to, **fields
        ):
            services.outbox.put(connection, message, now, NOTICE_S)

    def _are_wanted(self) -> bool:
        """Whether an agent says so; where none was heard yet they are told."""
        offered = self._services.agents.offered()
        return not offered or any(each.notify.administrators for each in offered)
