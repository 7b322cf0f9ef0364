"""Accounts and what they may be, of `win32_services`, by pywin32."""

import sys

assert sys.platform == "win32"

import contextlib
from collections.abc import Iterator
from typing import Any

import pywintypes
import win32api
import win32security

from agent.platform.windows.ports.pywin32_errors import as_os_error

_RIGHTS_OF_ACCOUNTS = (
    win32security.POLICY_CREATE_ACCOUNT | win32security.POLICY_LOOKUP_NAMES
)
_BE_SERVICE = ("SeServiceLogonRight",)
# ERROR_FILE_NOT_FOUND, of STATUS_OBJECT_NAME_NOT_FOUND: an account without any
_NO_RIGHTS = 2


class PyWin32Accounts:
    """The accounts that this machine knows."""

    def account_sid(self, account: str) -> str:
        with as_os_error(account):
            return str(win32security.ConvertSidToStringSid(_sid_of(account)))

    def let_be_service(self, account: str) -> None:
        with _policy(account) as (lsa, policy, sid):
            lsa.LsaAddAccountRights(policy, sid, _BE_SERVICE)

    def may_be_service(self, account: str) -> bool:
        with _policy(account) as (lsa, policy, sid):
            try:
                return _BE_SERVICE[0] in lsa.LsaEnumerateAccountRights(policy, sid)
            except pywintypes.error as error:
                if error.winerror != _NO_RIGHTS:
                    raise
                return False

    def no_longer_service(self, account: str) -> None:
        if self.may_be_service(account):
            with _policy(account) as (lsa, policy, sid):
                lsa.LsaRemoveAccountRights(policy, sid, False, _BE_SERVICE)


@contextlib.contextmanager
def _policy(account: str) -> Iterator[tuple[Any, Any, Any]]:
    """Open what says who may what on this machine, and find an account's SID."""
    # its types don't know that None is this machine
    lsa: Any = win32security
    with as_os_error(account):
        sid = _sid_of(account)
        policy = lsa.LsaOpenPolicy(None, _RIGHTS_OF_ACCOUNTS)
        try:
            yield lsa, policy, sid
        finally:
            lsa.LsaClose(policy)


def _sid_of(account: str) -> Any:
    """Find who has a name; only the service control manager takes `.` for a machine."""
    lsa: Any = win32security
    domain, separator, user = account.partition("\\")
    if separator and domain == ".":
        account = f"{win32api.GetComputerName()}\\{user}"
    return lsa.LookupAccountName(None, account)[0]
