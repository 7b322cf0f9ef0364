"""The texts that Windows' Event Viewer shows, as a library of messages: wbevents.dll.

An event's own text is its first string (%1); below it stands what that kind of event
means, from the table that docs/events.md is made of. The ids are the events' own, those
of Microsoft's PasswordResetService below 34000: no severity and no facility is in them.
"""

from collections.abc import Iterator
from pathlib import Path

from agent.audit.events import EVENTS
from agent.platform.windows.event_journal import LOG_ID, MESSAGES
from installer import chroot

FILE = MESSAGES
_HEAD = """\
MessageIdTypedef=DWORD
SeverityNames=(Success=0x0:STATUS_SEVERITY_SUCCESS)
FacilityNames=(Application=0x0:FACILITY_APPLICATION)
LanguageNames=(English=0x409:MSG00409)
"""
_MESSAGE = """
MessageId={id}
Severity=Success
Facility=Application
SymbolicName={symbol}
Language=English
{text}
.
"""
# 11 is RT_MESSAGETABLE; windmc writes the table, and nothing more is in the library
_RESOURCES = 'LANGUAGE 9,1\n1 11 "MSG00409.bin"\n'
# windmc makes messages.rc itself, in words that need a preprocessor
_LIBRARY, _OBJECT = "library.rc", "library.o"
# windres wants a preprocessor and has nothing to preprocess: this gives its last word
_AS_IT_IS = '#!/bin/sh\nfor each; do :; done\nexec cat "$each"\n'


def source() -> str:
    """Give the message text file (.mc) of every event, and of the log's own lines."""
    parts = [_HEAD, _MESSAGE.format(id=LOG_ID, symbol="LOG", text="%1")]
    for event in sorted(EVENTS.values(), key=lambda each: each.id):
        text = f"%1\n\n{event.name}: {_escaped(event.meaning)}"
        parts.append(_MESSAGE.format(id=int(event.id), symbol=event.id.name, text=text))
    return "".join(parts)


def build(root: Path, work: Path) -> bytes:
    """Make the library in the builder's root; give its bytes."""
    folder = work / "messages"
    folder.mkdir()
    (folder / "messages.mc").write_text(source(), encoding="ascii")
    (folder / _LIBRARY).write_text(_RESOURCES)
    (folder / "as-it-is").write_text(_AS_IT_IS)
    (folder / "as-it-is").chmod(0o755)
    for argv in _commands():
        chroot.run(root, work, "env", "--chdir=/build/messages", *argv)
    return (folder / FILE).read_bytes()


def _commands() -> Iterator[tuple[str, ...]]:
    tool = "x86_64-w64-mingw32-"
    yield (f"{tool}windmc", "-U", "messages.mc")
    preprocessor = "--preprocessor=/build/messages/as-it-is"
    yield (f"{tool}windres", preprocessor, _LIBRARY, "-o", _OBJECT)
    # no time in it, and no code: a library of data alone
    shared = ("-shared", "--entry=0", "--no-insert-timestamp")
    yield (f"{tool}ld", *shared, "-o", FILE, _OBJECT)


def _escaped(text: str) -> str:
    """Keep what FormatMessage would take for a place to fill."""
    return text.replace("%", "%%").replace("`", "'")
