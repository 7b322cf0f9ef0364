"""The guide's own words beside what the program says: translated with its pages."""

import gettext
from pathlib import Path

from wire.text import fill

DOMAIN = "guide"  # of gettext: one catalog a language for the whole guide
IN_SETTINGS = "In the settings file:"
CAUSE = "Cause"
REMEDY = "Remedy"
READS = "What the person reads"
EVENT = "Event of a reset"
SHOWS = "The wizard's page “{page}”"
SKIP = "Skip to content"  # the first link of each page, for the keyboard
SKIP_LINK = "skip_link"  # what the theme knows it by
OWN = (IN_SETTINGS, CAUSE, REMEDY, READS, EVENT, SHOWS, SKIP)


class Words:
    """Puts them into the language of a build.

    Args:
        locales: the folder of the compiled catalogs.
        language: its code.

    """

    def __init__(self, locales: Path, language: str) -> None:
        self._found = gettext.translation(
            DOMAIN, locales, languages=[language], fallback=True
        )

    def say(self, template: str, **fields: str) -> str:
        """Say one of them, with what is filled in; English where it has no words."""
        return fill(self._found.gettext(template), fields, str)
