"""PySide6 takes references of None on Python 3.11; the wizard outlives it."""

import subprocess
import sys

# far more calls that give None than a fresh interpreter has references to it
_CALLS = """
import wizard.ui
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
for _ in range(50_000):
    QCoreApplication.processEvents()
print("alive")
"""


def test_many_calls_do_not_end_the_interpreter() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CALLS], capture_output=True, text=True, check=False
    )
    assert done.stdout == "alive\n", done.stderr
