"""What is set up on this Windows machine, read back with the token of this process.

Each folder and file is opened, and its descriptor compared with the one that it is made
with; the secrets are opened and forgotten; the service is compared value by value; one
event is written, and read again.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agent.platform.installed import Finding, Places
from agent.platform.interface import TORN, CredentialUnusable
from agent.platform.windows import image_path
from agent.platform.windows.credentials import SealedCredentials, installation_in
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation import protection, service_values
from agent.platform.windows.installation.event_proof import event_proof
from agent.platform.windows.installation.protection import Protected
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32_services import CheckWin32, ServiceConfig
from wire.text import EMPTY, Text, verbatim

_REPAIR = Text("Run writeback repair.")


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
        credentials = self.credentials(places.secrets)
        for each in protection.of_secrets(places):
            yield self._secret(each, credentials)
        yield from self._service()
        yield event_proof(self._win32, self._messages)

    def _account(self) -> Finding:
        """Say who looks: what an administrator may open says nothing of the service."""
        sid, title = self._win32.own_sid(), Text("Account of this process")
        if self._win32.in_token(service_sid()):
            return Finding(
                "account", title, "ok", Text("{sid}, of the service", sid=sid)
            )
        detail = Text("{sid}, which is not of the service", sid=sid)
        return Finding("account", title, "warning", detail)

    def _place(self, each: Protected) -> Finding:
        why = self._differs(each) or self._not_opened(each)
        return _finding("permissions", _title(each.path), why)

    def _secret(self, each: Protected, credentials: SealedCredentials) -> Finding:
        why, name = EMPTY, each.path.stem
        try:
            credentials.read(name)
        except CredentialUnusable as error:
            why = Text("{why}.", why=error.what)
        except OSError as error:
            why = _unread(each.path, error)
        return _finding("secret", _title(each.path), why or self._differs(each))

    def _differs(self, each: Protected) -> Text:
        """Say how the descriptor differs from the one that it is made with."""
        try:
            now = self._win32.sddl_of(str(each.path))
        except OSError as error:
            return _unread(each.path, error)
        if each.is_as_made(now):
            return EMPTY
        return Text("It is {now}, and should be {wanted}.", now=now, wanted=each.wanted)

    def _not_opened(self, each: Protected) -> Text:
        """Say why this process can't do with it what the service does."""
        try:
            if not each.folder:
                os.close(self._files.open_to_read(each.path, follow=False))
            elif each.is_changed_by_service:
                self._try_to_write(each.path)
            else:
                os.scandir(each.path).close()
        except OSError as error:
            return _unread(each.path, error)
        return EMPTY

    def _try_to_write(self, folder: Path) -> None:
        # named as what is swept where this process ends in between
        path = folder / f".check.{secrets.token_hex(4)}{TORN}"
        os.close(self._files.create(path, mode=0o600))
        path.unlink()

    def _service(self) -> Iterator[Finding]:
        title = Text("Service of the agent")
        try:
            config = self._win32.service_config(SERVICE)
        except OSError as error:
            yield _finding("service", title, _refused(error))
            return
        if config is None:
            why = Text("The service is not on this machine.")
            yield _finding("service", title, why)
            return
        yield _finding("service", title, _does_not_run(config))
        now = service_values.texts(config)
        wanted = service_values.texts(
            service_values.wanted(self._image(config), config.account)
        )
        for path, text in wanted.items():
            why, value = _other(now[path], text), verbatim(now[path] or "")
            yield _finding("service", verbatim(str(path)), why, value)

    def _image(self, config: ServiceConfig) -> str:
        """Give the command line as it should be: another version's may be there."""
        with contextlib.suppress(ValueError):
            image_path.program_of(config.image)
            return config.image
        with contextlib.suppress(ValueError):
            return image_path.spelled(self._program)
        return image_path.spelled(r"C:\Program Files\Writeback\python\python.exe")


def _does_not_run(config: ServiceConfig) -> Text:
    """Say why it does not serve after a start of the machine, or does so too freely."""
    if service_values.is_of_system(config.account):
        return Text("The service may not run as {account}.", account=config.account)
    if config.disabled or not config.automatic:
        return Text("It does not start with the machine.")
    return EMPTY


def _other(now: str | None, wanted: str | None) -> Text:
    if now == wanted:
        return EMPTY
    return Text(
        "It is {now}, and should be {wanted}.", now=now or "-", wanted=wanted or "-"
    )


def _title(path: Path) -> Text:
    return Text("Protection of {path}", path=str(path))


def _unread(path: Path, error: OSError) -> Text:
    if isinstance(error, FileNotFoundError):
        return Text("{path} is missing.", path=str(path))
    why = str(error.strerror or error).rstrip(".")
    return Text("{path} can't be looked at: {why}.", path=str(path), why=why)


def _refused(error: OSError) -> Text:
    why = str(error.strerror or error).rstrip(".")
    return Text("Windows refused: {why}.", why=why)


def _finding(name: str, title: Text, why: Text, value: Text = EMPTY) -> Finding:
    if why:
        return Finding(name, title, "failed", why, _REPAIR)
    return Finding(name, title, "ok", value)
