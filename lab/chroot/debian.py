"""Where a Debian root is made from: this machine's own mirror, and Debian's keys."""

from collections.abc import Iterator
from pathlib import Path

from lab.chroot.errors import LabError

_KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)


def archive_keys() -> Path:
    """Find the keys that Debian signs its archive with.

    Raises:
        LabError: they are missing.

    """
    for path in _KEYRINGS:
        if path.is_file():
            return path
    raise LabError(
        "Debian's archive keys are missing.", "apt-get install debian-archive-keyring"
    )


def mirror(apt: Path) -> str:
    """Give the first mirror of Debian itself among the machine's apt sources.

    Raises:
        LabError: there is none; no other host is asked.

    """
    for uri, suites in _sources(apt):
        # A suite like bookworm, neither bookworm-security nor another vendor's.
        if any(suite in _DEBIAN for suite in suites):
            return uri.rstrip("/")
    raise LabError(
        f"No Debian mirror among the apt sources in {apt}.",
        "Add one, for example: deb http://deb.debian.org/debian trixie main",
    )


_DEBIAN = frozenset(
    {"bullseye", "bookworm", "trixie", "forky", "sid"}
    | {"oldstable", "stable", "testing", "unstable"}
)


def _sources(apt: Path) -> Iterator[tuple[str, list[str]]]:
    parts = apt / "sources.list.d"
    for path in sorted(parts.glob("*.sources")):
        yield from _deb822(path.read_text())
    for path in [apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            yield from _one_line(path.read_text())


def _deb822(text: str) -> Iterator[tuple[str, list[str]]]:
    """Read deb822 stanzas (sources.list(5)); comments and folded lines included."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for stanza in "\n".join(lines).split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')} {line}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value
        enabled = fields.get("enabled", "yes").strip().lower() != "no"
        if enabled and "deb" in fields.get("types", "").split():
            for uri in fields.get("uris", "").split():
                yield uri, fields.get("suites", "").split()


def _one_line(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["deb"]:
            continue
        if words[1].startswith("["):
            end = next(i for i, word in enumerate(words) if word.endswith("]"))
            del words[1 : end + 1]
        if len(words) >= 3:
            yield words[1], [words[2]]
