"""The message catalog: every template of the product's texts, as a gettext POT file.

`./dev texts` extracts it anew, `./dev texts merge` brings what is new into the catalogs
of all languages. Babel writes the files; finding is ours, since it also refuses a text
whose template is no literal: nobody could translate that.
"""

import ast
import io
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from lab import event_catalog
from lab.translations import catalogs, check, guide, portal
from lab.translations.terms import terms
from wizard.translation import DOMAIN

REPOSITORY = Path(__file__).resolve().parents[1]
POT = REPOSITORY / "resources/translations/writeback.pot"
GUIDE_POT = REPOSITORY / "resources/translations/guide.pot"
PORTAL_POT = REPOSITORY / "resources/translations/portal.pot"
ROLLOUT_POT = REPOSITORY / "resources/translations/rollout.pot"
PACKAGES = ("agent", "wire", "wizard")
# how many templates each call begins with
CALLS = {"Text": 1, "plural": 2, "tr": 1}
ATTRIBUTE = "TextAttribute"
# they make texts of what they are given: the only ones that may
MAKERS = ("wire/text.py", "wizard/ui/formatting.py")


@dataclass(frozen=True)
class Message:
    """One text of the source.

    Attributes:
        templates: one, or singular and plural; None for what is no string literal.
        path: of the file, below the repository.
        line: in it.

    """

    templates: tuple[str | None, ...]
    path: str
    line: int


class NotLiteral(ValueError):
    """Templates are put together at run time; says where, a line each."""


def messages(
    root: Path = REPOSITORY, packages: Sequence[str] = PACKAGES
) -> tuple[Message, ...]:
    """Find the texts of packages, in the order of the files.

    Raises:
        NotLiteral: templates are no string literals.

    """
    trees = dict(_parsed(root, packages))
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    fields = {
        node.name: _fields(node) for _, node in nodes if isinstance(node, ast.ClassDef)
    }
    found = tuple(
        Message(tuple(map(_literal, arguments)), path, node.lineno)
        for path, node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        for arguments in _templates(node, node.func.id, fields)
    )
    good = tuple(each for each in found if None not in each.templates)
    wrong = [each for each in found if each not in good and each.path not in MAKERS]
    if wrong:
        places = (
            f"{each.path}:{each.line}: the template is no literal" for each in wrong
        )
        raise NotLiteral("\n".join(places))
    return good


def _parsed(root: Path, packages: Sequence[str]) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            name = str(path.relative_to(root))
            yield name, ast.parse(path.read_text("utf-8"))


def _fields(node: ast.ClassDef) -> dict[str, bool]:
    """Say of each field of a dataclass, in order, whether it is a text."""
    return {
        each.target.id: ast.unparse(each.annotation) == ATTRIBUTE
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


def _templates(
    call: ast.Call, name: str, classes: Mapping[str, Mapping[str, bool]]
) -> Iterator[list[ast.expr]]:
    count = CALLS.get(name, 0)
    if name == ATTRIBUTE and call.args:
        count = 1  # the words where a class is called without any
    if count:
        # what is not there is no literal either
        many = [each.value for each in call.keywords if each.arg == "many"]
        yield [*[*call.args, *([call] * count)][:count], *many]
    fields = classes.get(name, {})
    values = dict(zip(fields, call.args, strict=False))
    values |= {each.arg: each.value for each in call.keywords if each.arg}
    for field, value in values.items():
        if fields.get(field):
            yield from ([each] for each in _made_here(value))


def _made_here(value: ast.expr) -> Iterator[ast.expr]:
    """Give what is chosen from; a name, a call or an attribute is made elsewhere."""
    match value:
        case ast.IfExp(body=one, orelse=other):
            yield from (*_made_here(one), *_made_here(other))
        case ast.BoolOp(values=several):
            yield from (each for part in several for each in _made_here(part))
        case ast.Name() | ast.Call() | ast.Attribute():
            return
        case _:
            yield value


def _literal(node: ast.expr) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def template(domain: str | None = None, packages: Sequence[str] = PACKAGES) -> Catalog:
    """Give the catalog of the sources as they are."""
    made = Catalog(project="Writeback", domain=domain, charset="utf-8", fuzzy=False)
    for message in messages(packages=packages):
        one, *many = (each or "" for each in message.templates)
        if one:
            # without lines: a file that changes with each edit says nothing
            made.add((one, *many) if many else one, locations=[(message.path, 0)])
    return made


def catalog(source: Catalog | None = None) -> bytes:
    """Give the POT file of a template; else of the sources as they are."""
    stream = io.BytesIO()
    made = template() if source is None else source
    write_po(stream, made, omit_header=True, sort_output=True, include_lineno=False)
    return stream.getvalue()


def merge(source: Catalog, begun: Iterable[str] = ()) -> None:
    """Bring the texts of a template into each language; say what is left to do.

    Args:
        source: the texts; its domain is the catalogs'.
        begun: languages that have no catalog yet.

    """
    known, domain = terms(), source.domain or DOMAIN
    for language in sorted({*catalogs.languages(domain=domain), *begun}):
        merged = catalogs.merge(catalogs.read(language, domain=domain), source)
        catalogs.write(merged)
        without, wrong = check.missing(merged), check.faults(merged, known)
        left = f"{len(without)} without words, {len(wrong)} wrong"
        print(f"{language}, {domain}: {left}")
        print(*wrong, sep="\n", end="\n" if wrong else "")


def main(arguments: Sequence[str]) -> int:
    """Write the files, and the page of events; say what can't be extracted."""
    try:
        sources, guides = template(), guide.template(REPOSITORY)
        pages = portal.template(REPOSITORY)
        materials = template(catalogs.ROLLOUT, ("rollout",))
        POT.parent.mkdir(exist_ok=True)
        POT.write_bytes(catalog(sources))
        GUIDE_POT.write_bytes(catalog(guides))
        PORTAL_POT.write_bytes(catalog(pages))
        ROLLOUT_POT.write_bytes(catalog(materials))
        event_catalog.write()
        if arguments[:1] == ["merge"]:
            for each in (sources, guides, pages, materials):
                merge(each, arguments[1:])
    except (NotLiteral, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
