"""The service on the system bus: takes calls, answers each in a thread of its own.

It ends by itself when nothing is asked of it; the bus starts it again for a call.
"""

import contextlib
import threading
from collections import deque
from typing import Any

from jeepney import (
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    new_error,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.fds import FileDescriptor
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from wire.text import Text
from wizard.elevation.codec import LEAVING, LONGEST, MEMBERS, NAME, PATH, SIGNATURE
from wizard.elevation.dbus import polkit
from wizard.elevation.dbus.accounts import account
from wizard.elevation.dbus.bounded_parser import BoundedParser
from wizard.elevation.dbus.channel import Channel
from wizard.elevation.dispatch import CallRequest, ControllerFor, Dispatcher
from wizard.elevation.errors import BadCall, NotReached
from wizard.elevation.quota import Quota

IDLE_S = 60.0


class Service:
    """The root service: one process for all; ends after `idle_s` without a call.

    The controller that it is given for a person does what they may.
    """

    def __init__(self, controller_for: ControllerFor, idle_s: float = IDLE_S) -> None:
        self._idle_s, self._quota = idle_s, Quota(account)
        self._dispatcher = Dispatcher(controller_for, polkit.let_in, self._quota)
        self._under_way: dict[threading.Thread, Channel] = {}

    def run(self) -> None:
        """Serve until nothing is asked any more.

        OSError, DBusErrorResponse: the bus can't be reached, or refuses the name.
        """
        calls: deque[Message] = deque()
        with (
            open_dbus_connection("SYSTEM", enable_fds=True) as bus,
            # before the name is ours: the call that started us comes with it
            bus.filter(MatchRule(type="method_call"), queue=calls),
        ):
            # nothing was sent to us so far but what the bus said
            bus.parser = BoundedParser()
            unwrap_msg(bus.send_and_get_reply(message_bus.RequestName(NAME)))
            try:
                self._serve(bus, calls)
            except (SystemExit, KeyboardInterrupt):
                for channel in self._under_way.values():
                    channel.stop.set()  # what was begun is taken back
                raise
            finally:
                for thread in self._under_way:
                    thread.join()

    def _serve(self, bus: DBusConnection, calls: deque[Message]) -> None:
        while True:
            try:
                message = bus.recv_until_filtered(calls, timeout=self._idle_s)
            except TimeoutError:
                self._forget_ended()
                if not self._under_way:
                    break
            except OSError:
                raise  # the bus is gone
            except Exception:  # noqa: BLE001 - the boundary: a message that can't be read
                # jeepney took it from its buffer, and stays at its size and descriptors
                _close_all(bus.parser.fds)
                bus.parser.next_msg_size, bus.parser.fds = None, []
            else:
                self._take(bus, message)
        # a call that comes after this starts another service; one before is sent back
        bus.send_and_get_reply(message_bus.ReleaseName(NAME))
        for message in calls:
            _close_all(message.body)
            bus.send(new_error(message, LEAVING))

    def _take(self, bus: DBusConnection, message: Message) -> None:
        """Take one call, or say on the bus why not; the answer goes by the channel."""
        try:
            self._begin(message)
        except BadCall as error:
            reply = new_error(message, f"{NAME}.BadCall", "s", (str(error),))
        except NotReached as error:
            reply = new_error(message, f"{NAME}.Busy", "s", (str(error),))
        else:
            reply = new_method_return(message)
        finally:
            _close_all(message.body)
        if not message.header.flags & MessageFlag.no_reply_expected:
            bus.send(reply)

    def _begin(self, message: Message) -> None:
        fields = message.header.fields
        action = MEMBERS.get(fields.get(HeaderFields.member, ""))
        where = (fields.get(HeaderFields.path), fields.get(HeaderFields.interface))
        signature = fields.get(HeaderFields.signature, "")
        if action is None or where != (PATH, NAME) or signature != SIGNATURE:
            raise BadCall(Text("There is no such method."))
        text, end = message.body
        if len(text) > LONGEST:
            what = Text("A call has {count} characters at most.", count=str(LONGEST))
            raise BadCall(what)
        sender = fields[HeaderFields.sender]
        user = polkit.user_of(sender)
        try:
            channel = Channel(end.to_socket())
        except OSError:
            raise BadCall(Text("The channel is no socket.")) from None
        self._start(CallRequest(sender, user, action, text), channel)

    def _start(self, request: CallRequest, channel: Channel) -> None:
        try:
            self._quota.wait(request.user)
        except NotReached:
            channel.close()
            raise
        arguments = (request, channel)
        thread = threading.Thread(target=self._dispatcher.answer, args=arguments)
        self._forget_ended()
        self._under_way[thread] = channel
        thread.start()

    def _forget_ended(self) -> None:
        for thread in [each for each in self._under_way if not each.is_alive()]:
            del self._under_way[thread]


def _close_all(part: Any) -> None:
    """Close the descriptors of a message that nobody took."""
    if isinstance(part, FileDescriptor):
        with contextlib.suppress(RuntimeError):  # taken
            part.close()
    elif isinstance(part, tuple | list):
        for each in part:
            _close_all(each)
