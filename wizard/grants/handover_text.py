"""The entries of a grant as a text for the team that owns the directory."""

from collections.abc import Iterable, Iterator, Sequence

from agent.config.settings import Settings
from wire.text import EMPTY, Text, in_lines, listed, verbatim
from wizard.grants.grants import AccessEntry


def handover_text(entries: Sequence[AccessEntry], settings: Settings) -> Text:
    """Write what another team needs: what, why, how, how to take it back, to check."""
    directory = settings.directory
    introduction = Text(
        "{account} writes passwords that people reset in the cloud back to "
        "Active\nDirectory. It needs the entries below and no others: each allows "
        "one thing,\non the people below one container. Nothing is removed or "
        "denied.",
        account=directory.sign_in_name,
    )
    title = Text(
        "Permissions for password writeback in {domain}", domain=directory.domain
    )
    parts = [title, verbatim("=" * 60), EMPTY, introduction, EMPTY]
    for number, entry in enumerate(entries, 1):
        on = Text("   on {container}", container=entry.container)
        parts += [listed((f"{number}.", entry.right), " "), on, EMPTY]
    parts += _section(Text("SDDL of each entry"), (entry.sddl for entry in entries))
    parts += _section(verbatim("dsacls"), (entry.dsacls for entry in entries))
    module = "Import-Module ActiveDirectory"
    add = (entry.powershell for entry in entries)
    parts += _section(Text("PowerShell, instead of dsacls"), (module, *add))
    back = Text(
        "To take the same entries back; dsacls /R would take all of the account's"
    )
    parts += _section(back, (module, *(entry.take_back for entry in entries)))
    check = Text("To check, on the server with the agent")
    parts += _section(check, ("writeback permissions check",))
    return in_lines(parts)


def _section(title: Text, lines: Iterable[str]) -> Iterator[Text]:
    yield from (title, verbatim("-" * len(title)), *map(verbatim, lines), EMPTY)
