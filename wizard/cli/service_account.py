"""The account that the service runs as, where an administrator chooses one: Windows.

Without the option the service keeps the account that it has, or gets its own virtual
one. The password of an account is a secret of the command, and kept nowhere.
"""

import sys

from wizard.cli.command import Argument


def arguments(platform: str = sys.platform) -> tuple[Argument, ...]:
    """Give the option, on a system that has it."""
    if platform != "win32":
        return ()
    return (
        Argument(
            "--service-account",
            metavar="NAME",
            help="run the service as this account, such as a gMSA (CORP\\name$)",
        ),
    )
