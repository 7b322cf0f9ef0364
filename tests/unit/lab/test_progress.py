"""The lab's progress lines go where standard output is when they are printed."""

import io
from contextlib import redirect_stdout

from lab.chroot.progress import spoken


def test_progress_follows_a_standard_output_that_is_redirected() -> None:
    elsewhere = io.StringIO()
    with redirect_stdout(elsewhere):
        spoken()("a step")
    assert elsewhere.getvalue().endswith(" s  a step\n")
