"""The sentences of argparse, which asks gettext for them: in our catalogs too.

They are listed here, and not read from the Python that is there: a catalog is the same
whatever version extracts it. What only a programmer can meet is left out.
"""

import gettext
import os

from wire.text import Text, plural
from wizard.translation import DOMAIN, FOLDER, language

WORDS = (
    Text("usage: "),
    Text("%(heading)s:"),
    Text("options"),
    Text("positional arguments"),
    Text("show this help message and exit"),
    Text("show program's version number and exit"),
    Text("argument %(argument_name)s: %(message)s"),
    Text("the following arguments are required: %s"),
    Text("one of the arguments %s is required"),
    Text("not allowed with argument %s"),
    Text("unrecognized arguments: %s"),
    Text("ambiguous option: %(option)s could match %(matches)s"),
    Text("invalid choice: %(value)r (choose from %(choices)s)"),
    Text("invalid %(type)s value: %(value)r"),
    Text("ignored explicit argument %r"),
    Text("expected one argument"),
    Text("expected at most one argument"),
    Text("expected at least one argument"),
    plural("expected %s argument", "expected %s arguments", 2),
)


def translate_arguments() -> None:
    """Have argparse speak as we do; it asks for the domain that is set, by LANGUAGE."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)
