"""The environment of a helper: what a person set is not an administrator's.

Whoever runs the window has variables of their own, and a library that is imported later
could load what those name. The few that Windows itself looks at are set anew.
"""

import os
from collections.abc import MutableMapping
from pathlib import PureWindowsPath

# numbers and names alone
_KEPT = frozenset(
    {
        *("COMPUTERNAME", "NUMBER_OF_PROCESSORS", "OS", "PROCESSOR_ARCHITECTURE"),
        *("USERDNSDOMAIN", "USERDOMAIN", "USERNAME"),
    }
)


def forget_variables(
    windows: str, environment: MutableMapping[str, str] = os.environ
) -> None:
    """Forget the variables of who started this; `windows` is the folder of Windows."""
    for name in [*environment]:
        if name.upper() not in _KEPT:
            del environment[name]
    environment["SYSTEMROOT"] = environment["WINDIR"] = windows
    environment["SYSTEMDRIVE"] = PureWindowsPath(windows).drive
