"""The helper's side of the pipe: takes calls, answers each in a thread of its own.

It has one caller, and ends with it.
"""

import logging
import threading

from wire.printable import printable
from wizard.elevation import codec
from wizard.elevation.dispatch import CallRequest, ControllerFor, Dispatcher
from wizard.elevation.errors import NotReached
from wizard.elevation.methods import Action
from wizard.elevation.quota import Quota
from wizard.elevation.windows.channel import PipeChannel
from wizard.elevation.windows.framing import ASKED, BadFrame, Frame, Kind, read_action
from wizard.elevation.windows.pipe_end import PipeEnd

_ONE = 0  # the caller's number: there is no other
_LOG = logging.getLogger(__name__)


class PipeService:
    """What one window asks of an administrator, until it closes the pipe.

    `person` is who runs the window. Who may was asked by Windows before this process
    began (User Account Control), and for all that it does.
    """

    def __init__(
        self, end: PipeEnd, person: str, controller_for: ControllerFor
    ) -> None:
        self._end, self._person = end, printable(person)
        self._quota = Quota(lambda _: _ONE)
        self._dispatcher = Dispatcher(controller_for, self._let_in, self._quota)
        self._under_way: dict[int, PipeChannel] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._newest = -1

    def run(self) -> None:
        """Serve until the pipe ends; what was begun is taken back, and waited for."""
        try:
            for frame in self._end.received(ASKED):
                self._take(frame)
        except BadFrame:
            _LOG.warning("The window keeps to nothing.")
        finally:
            for channel in [*self._under_way.values()]:
                channel.ask_to_stop()
            for thread in [*self._threads.values()]:
                thread.join()
            self._end.close()

    def _let_in(self, _sender: str, _action: Action) -> str:
        return self._person

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.CALL:
            self._begin(frame)
            return
        channel = self._under_way.get(frame.call)
        if channel is None:  # it ended meanwhile
            if frame.call > self._newest:
                raise BadFrame
            return
        if frame.kind is Kind.STOP:
            channel.ask_to_stop()
        elif not channel.take(frame.data):
            raise BadFrame

    def _begin(self, frame: Frame) -> None:
        if frame.call <= self._newest:
            raise BadFrame
        self._newest = frame.call
        action, text = read_action(frame.data)
        channel = PipeChannel(self._end, frame.call, self._forget)
        try:
            self._quota.wait(_ONE)
        except NotReached as error:
            channel.say(codec.spell_error(error))
            channel.close()
            return
        request = CallRequest(self._person, _ONE, action, text)
        thread = threading.Thread(
            target=self._dispatcher.answer, args=(request, channel)
        )
        self._under_way[frame.call] = channel
        self._threads = {
            call: each for call, each in self._threads.items() if each.is_alive()
        }
        thread.start()
        self._threads[frame.call] = thread

    def _forget(self, call: int) -> None:
        self._under_way.pop(call, None)
