"""The entries of a grant as a text for the team that owns the directory."""

from collections.abc import Iterator, Sequence

from agent.config.settings import Settings
from wizard.grants.grants import AccessEntry


def handover_text(entries: Sequence[AccessEntry], settings: Settings) -> str:
    """Write what another team needs: what, why, how, how to take it back, to check."""
    account = settings.directory.sign_in_name
    parts = [
        f"Permissions for password writeback in {settings.directory.domain}",
        "=" * 60,
        "",
        f"{account} brings passwords that people reset in the cloud home to Active",
        "Directory. It needs the entries below and no others: each allows one thing,",
        "on the people below one container. Nothing is removed or denied.",
        "",
    ]
    for number, entry in enumerate(entries, 1):
        parts += [f"{number}. {entry.right}", f"   on {entry.container}", ""]
    parts += _section("SDDL of each entry", (entry.sddl for entry in entries))
    parts += _section("dsacls", (entry.dsacls for entry in entries))
    module = "Import-Module ActiveDirectory"
    add = (entry.powershell for entry in entries)
    parts += _section("PowerShell, instead of dsacls", (module, *add))
    back = (entry.take_back for entry in entries)
    title = "To take the same entries back; dsacls /R would take all of the account's"
    parts += _section(title, (module, *back))
    check = ("writeback permissions check",)
    parts += _section("To check, on the server with the agent", check)
    return "\n".join(parts)


def _section(title: str, lines: Iterator[str] | Sequence[str]) -> list[str]:
    return [title, "-" * len(title), *lines, ""]
