"""What is set up on this Windows machine, read back with the token of this process.

Each folder and file is opened, and its descriptor compared with the one that it is made
with; the secrets are opened and forgotten; the service is compared value by value; one
event is written, and read again.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agent.platform import installed
from agent.platform.installed import Finding, Places
from agent.platform.interface import CredentialUnusable
from agent.platform.windows import image_path
from agent.platform.windows.credentials import SealedCredentials, installation_in
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation import protection, service_values
from agent.platform.windows.installation.event_proof import event_proof
from agent.platform.windows.installation.protection import Protected
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32_services import (
    CheckWin32,
    ServiceConfig,
    ServiceState,
)
from wire.text import EMPTY, Text, verbatim


class WindowsInstallation:
    """The installation of this machine; `program` is the interpreter of this process.

    `messages` gives what the event log has of this program, the newest among it; None
    where that can't be read.
    """

    def __init__(
        self,
        win32: CheckWin32,
        program: str,
        messages: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        self._win32, self._program = win32, image_path.without_window(program)
        self._files, self._messages = WindowsFiles(win32), messages

    def credentials(self, folder: Path) -> SealedCredentials:
        installation = ""  # by which nothing opens: `findings` tells why
        with contextlib.suppress(OSError, ValueError):
            installation = installation_in(folder)
        return SealedCredentials(
            self._win32, folder, service=service_sid(), installation=installation
        )

    def findings(self, places: Places) -> Iterator[Finding]:
        yield self._account()
        administrator = self._win32.is_elevated()
        for each in protection.of_all(places):
            if administrator or not each.is_of_administrators:
                yield self._place(each)
        for each in protection.of_service(places):
            found = self._place(each)
            if each.path.exists():  # the agent may have removed it meanwhile
                yield found
        credentials = self.credentials(places.secrets)
        for each in protection.of_secrets(places):
            yield self._secret(each, credentials)
        yield from self._service()
        yield event_proof(self._win32, self._messages)

    def _account(self) -> Finding:
        of_service = self._win32.in_token(service_sid())
        return installed.account(self._win32.own_sid(), of_service=of_service)

    def _place(self, each: Protected) -> Finding:
        changed = each.is_changed_by_service
        why = self._differs(each) or installed.unopened(
            self._files, each.path, folder=each.folder, changed=changed
        )
        return installed.protected(each.path, why)

    def _secret(self, each: Protected, credentials: SealedCredentials) -> Finding:
        why = EMPTY
        try:
            credentials.read(each.path.stem)
        except CredentialUnusable as error:
            why = Text("{why}.", why=error.what)
        except OSError as error:
            why = installed.unread(each.path, error)
        return installed.protected(each.path, why or self._differs(each), "secret")

    def _differs(self, each: Protected) -> Text:
        """Say how the descriptor differs from the one that it is made with."""
        try:
            now = self._win32.sddl_of(str(each.path))
        except OSError as error:
            return installed.unread(each.path, error)
        return EMPTY if each.is_as_made(now) else installed.other(now, each.wanted)

    def _service(self) -> Iterator[Finding]:
        title = Text("Service of the agent")
        try:
            config = self._win32.service_config(SERVICE)
        except OSError as error:
            yield installed.finding("service", title, installed.refused(error))
            return
        if config is None:
            why = Text("The service is not on this machine.")
            yield installed.finding("service", title, why)
            return
        yield installed.finding("service", title, self._does_not_run(config))
        now = service_values.texts(config)
        wanted = service_values.texts(
            service_values.wanted(self._image(config), config.account)
        )
        for path, text in wanted.items():
            why, value = installed.other(now[path], text), verbatim(now[path] or "")
            yield installed.finding("service", verbatim(str(path)), why, value)
        yield self._running()

    def _does_not_run(self, config: ServiceConfig) -> Text:
        """Say why it does not serve after a start of the machine, or too freely."""
        account = config.account
        if service_values.runs_as_system(self._win32, account):
            return Text("The service may not run as {account}.", account=account)
        if config.disabled or not config.automatic:
            return Text("It does not start with the machine.")
        return EMPTY

    def _running(self) -> Finding:
        """Say whether the service runs, which proves what it may open by itself.

        To its manager it runs when it is ready, and not before.
        """
        title = Text("Agent")
        try:
            status = self._win32.service_status(SERVICE)
        except OSError as error:
            return installed.finding("agent", title, installed.refused(error))
        if status is None or status.state is not ServiceState.RUNNING:
            return Finding("agent", title, "warning", Text("not running"))
        detail = Text("It runs, the relay link is up and a controller answered.")
        return Finding("agent", title, "ok", detail)

    def _image(self, config: ServiceConfig) -> str:
        """Give the command line as it should be: another version's may be there."""
        with contextlib.suppress(ValueError):
            image_path.program_of(config.image)
            return config.image
        with contextlib.suppress(ValueError):
            return image_path.spelled(self._program)
        return image_path.spelled(r"C:\Program Files\Writeback\python\python.exe")
