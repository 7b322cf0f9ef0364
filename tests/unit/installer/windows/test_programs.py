"""The programs of the MSI, and the library of its events' texts."""

import io
import re
import zipfile
from importlib import import_module

import pytest

from agent.audit.event import EventId
from agent.platform.windows.event_journal import LOG_ID
from installer.windows import event_messages
from installer.windows.launchers import PROGRAMS, Program, launcher


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.name)
def test_a_program_starts_python_beside_it(program: Program) -> None:
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return b"MZ starts"

    made = launcher(program, read)
    assert made == launcher(program, read)
    console = "python.exe" if not program.window else "pythonw.exe"
    assert f"#!<launcher_dir>\\python\\{console}\r\n".encode() in made
    # w for a window, t for a terminal
    assert asked[0] == f"distlib/{'w' if program.window else 't'}64.exe"
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("__main__.py").decode()
    compile(text, "__main__.py", "exec")
    assert f"from {program.module} import main" in text
    assert callable(import_module(program.module).main)


def test_every_event_has_its_text_by_its_own_id() -> None:
    source = event_messages.source()
    ids = [int(each) for each in re.findall(r"^MessageId=(\d+)$", source, re.MULTILINE)]
    assert set(ids) == {int(each) for each in EventId} | {LOG_ID}
    assert ids[1:] == sorted(ids[1:])
    # the number in the viewer is the event's: it has no room for more
    assert max(ids) < 2**16
    # a severity or a facility would be part of the number
    assert set(re.findall(r"^(?:Severity|Facility)=(.*)", source, re.MULTILINE)) == {
        "Success",
        "Application",
    }


def test_a_text_ends_where_it_is_meant_to() -> None:
    blocks = event_messages.source().split("MessageId=")[1:]
    for block in blocks:
        lines = block.rstrip("\n").split("\n")
        assert lines[-1] == "."
        assert "." not in lines[:-1]
        # the event's own text comes first, and nothing else is filled in
        text = "\n".join(lines[5:-1])
        assert text.startswith("%1")
        assert re.findall(r"%.", text.replace("%%", ""))[1:] == []
