"""The texts of the portal's pages and mails, as a template for its catalogs."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from lab.translations.catalogs import PORTAL

_TEMPLATES = "portal/templates"
_METHODS = [("**.html", "jinja2"), ("**.txt", "jinja2")]
# a template that can't be read is a failure, not one without texts
_OPTIONS = {pattern: {"silent": "false", "trimmed": "true"} for pattern, _ in _METHODS}


def template(repository: Path) -> Catalog:
    """Extract the texts of all templates; jinja2's TemplateSyntaxError: can't be."""
    made = Catalog(project="Writeback", domain=PORTAL, charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        repository / _TEMPLATES, method_map=_METHODS, options_map=_OPTIONS
    )
    for path, _, message, _, _ in sorted(found, key=lambda each: each[0]):
        # without lines: a file that changes with each edit says nothing
        made.add(message, locations=[(f"{_TEMPLATES}/{path}", 0)])
    return made
