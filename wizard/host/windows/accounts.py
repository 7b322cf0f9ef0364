"""What a change of the service's account takes, beside the texts of its values."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.platform.windows import image_path
from agent.platform.windows.installation import service_values
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import WizardWin32
from wire.text import Text
from wizard.host.interface import Lack, ServiceFailed, Texts
from wizard.host.windows import program_place
from wizard.host.windows.account_choice import AccountChoice
from wizard.host.windows.refused import asked
from wizard.host.windows.service_account import VIRTUAL, ServiceAccount

_OBJECT, _IMAGE = (
    str(service_values.ENTRY / name) for name in ("ObjectName", "ImagePath")
)
# names of facts, as journals have them
_RIGHT, _PASSWORD, _ACCEPTS = "right", "password", "accepts"


class WindowsAccounts:
    """Accounts by their names; `image` gives the command line that is wanted."""

    def __init__(
        self, win32: WizardWin32, choice: AccountChoice, image: Callable[[], str]
    ) -> None:
        self._win32, self._choice, self._image = win32, choice, image

    def accepted(self, wanted: Texts, last: Texts) -> Texts:
        account, now = last.get(_OBJECT), wanted[_OBJECT] or ""
        if account is None or self._choice.chosen is not None:
            return wanted
        config = asked(lambda: self._win32.service_config(SERVICE))
        if config is not None and self._choice.same(config.account, account):
            account = config.account
        return wanted if account == now else {**wanted, _OBJECT: account}

    def refuse(self, wanted: Texts) -> None:
        account = ServiceAccount(wanted[_OBJECT] or "")
        system = service_values.runs_as_system(self._win32, account.name)
        if system or not account.may_run:
            raise ServiceFailed(
                Text("The service may not run as {account}.", account=account.name)
            )
        program_place.refuse_set_up_by_others(self._win32)
        try:
            program = image_path.program_of(wanted[_IMAGE] or "")
        except ValueError:  # which is told as another value
            return
        program_place.refuse(self._win32, program, account.name)

    def lack(self, now: Texts, then: Texts) -> Lack | None:
        account = then.get(_OBJECT)
        if account is None or self._stays(now, account):
            return None
        return self._choice.lack(account)

    def facts(self, now: Texts, wanted: Texts, last: Texts) -> Mapping[str, Any]:
        account = wanted[_OBJECT] or ""
        if not self._stays(now, account):
            return self._given_right(account)
        chosen = self._choice.chosen
        if chosen is None:
            return {}
        told = {}
        if chosen.password is not None:
            told[_PASSWORD] = account
        if not self._choice.same(last.get(_OBJECT) or account, account):
            told[_ACCEPTS] = account
        return told

    def give(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(facts)
        if _RIGHT in given and not self._given_right(given[_RIGHT]):
            del given[_RIGHT]  # by somebody else, since that was planned
        if _RIGHT in given:
            asked(lambda: self._win32.let_be_service(given[_RIGHT]))
        if _PASSWORD in given:
            self._set_password(given[_PASSWORD])
        return given

    def take_back(self, facts: Mapping[str, Any]) -> None:
        if _RIGHT in facts:
            asked(lambda: self._win32.no_longer_service(facts[_RIGHT]))
        # a password that was changed in the directory is none to go back to
        password = self._choice.old_password() if _PASSWORD in facts else None
        if password is not None:
            self._put(facts[_PASSWORD], password.reveal())

    def is_fresh(self, path: str, text: str | None) -> bool:
        fresh = service_values.fresh_texts(self._image(), VIRTUAL)
        return text in fresh[Path(path)]

    def _given_right(self, account: str) -> dict[str, str]:
        """Name the account where it is not a service yet."""
        if not ServiceAccount(account).needs_right:
            return {}
        if asked(lambda: self._win32.may_be_service(account)):
            return {}
        return {_RIGHT: account}

    def _set_password(self, account: str) -> None:
        password = self._choice.password(account)
        if password is None:
            raise ServiceFailed(
                Text("The password of {account} is missing.", account=account)
            )
        self._put(account, password)

    def _put(self, account: str, password: str) -> None:
        config = asked(lambda: self._win32.service_config(SERVICE))
        if config is not None and self._choice.same(config.account, account):
            same = replace(config, account=account)
            asked(lambda: self._win32.change_service(SERVICE, same, password))

    def _stays(self, now: Texts, account: str) -> bool:
        """Say whether a service that is there has this account already."""
        before = now.get(_OBJECT)
        there = now.get(_IMAGE) is not None
        return there and before is not None and self._choice.same(before, account)
