"""The message catalog: every template of the product's texts, as a gettext POT file.

`python -m lab.message_catalog` extracts it anew. Babel writes the file; finding is
ours, since it also refuses a text whose template is no literal: nobody could
translate that.
"""

import ast
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

REPOSITORY = Path(__file__).resolve().parents[1]
POT = REPOSITORY / "resources/translations/writeback.pot"
PACKAGES = ("agent", "wire", "wizard")
# how many templates each call begins with
CALLS = {"Text": 1, "plural": 2, "tr": 1}
# they make texts of what they are given: the only ones that may
MAKERS = ("wire/text.py", "wizard/ui/formatting.py")


@dataclass(frozen=True)
class Message:
    """One text of the source.

    Attributes:
        templates: one, or singular and plural.
        place: file and line.

    """

    templates: tuple[str, ...]
    place: tuple[str, int]


class NotLiteral(ValueError):
    """A template is put together at run time; says where."""


def messages(root: Path = REPOSITORY) -> Iterator[Message]:
    """Find the texts of all packages, in the order of the files.

    Raises:
        NotLiteral: a template is no string literal.

    """
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = str(path.relative_to(root))
            if name not in MAKERS:
                yield from _of_file(name, path.read_text("utf-8"))


def _of_file(name: str, source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            count = CALLS.get(node.func.id, 0)
            if count:
                place = (name, node.lineno)
                yield Message(_literals(node.args[:count], count, place), place)


def _literals(
    arguments: list[ast.expr], count: int, place: tuple[str, int]
) -> tuple[str, ...]:
    texts = [
        each.value
        for each in arguments
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if len(texts) != count:
        raise NotLiteral(f"{place[0]}:{place[1]}: the template is no literal.")
    return tuple(texts)


def catalog() -> bytes:
    """Give the POT file of the sources as they are."""
    made = Catalog(project="Writeback", charset="utf-8", fuzzy=False)
    for message in messages():
        if message.templates[0]:
            one_or_both = message.templates if len(message.templates) > 1 else ()
            # without lines: a file that changes with each edit says nothing
            place = [(message.place[0], 0)]
            made.add(one_or_both or message.templates[0], locations=place)
    stream = io.BytesIO()
    write_po(stream, made, omit_header=True, sort_output=True, include_lineno=False)
    return stream.getvalue()


def main() -> int:
    """Write the file; say what can't be extracted."""
    try:
        POT.write_bytes(catalog())
    except NotLiteral as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
