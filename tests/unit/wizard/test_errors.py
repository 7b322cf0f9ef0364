"""Why something failed: the words of ours and of the system, of nobody else."""

import errno
import ssl

import pytest

from wizard.errors import reason
from wizard.plan.change import StepFailed

CANARY = "Canary-7f3a-Passw0rd!"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StepFailed("It broke.", "Mend it."), "It broke. Mend it."),
        (
            OSError(errno.ENOSPC, CANARY, CANARY),
            "The system refused: No space left on device.",
        ),
        (
            PermissionError(errno.EACCES, CANARY),
            "The system refused: Permission denied.",
        ),
        (OSError(CANARY), "An unexpected error of kind OSError."),
        # number 1 is no EPERM here
        (ssl.SSLError(1, CANARY), "An unexpected error of kind SSLError."),
        (ValueError(CANARY), "An unexpected error of kind ValueError."),
    ],
)
def test_it_says_why_and_quotes_nobody(error: Exception, told: str) -> None:
    assert reason(error) == told
