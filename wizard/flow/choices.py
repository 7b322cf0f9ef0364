"""Everything that was chosen, page by page, each with where it is from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.config.settings import DomainController, Settings
from wire.text import EMPTY, Text, verbatim
from wizard.flow.conversion import answers_of
from wizard.flow.defaults import Offers, defaults
from wizard.flow.model import SECRETS, Answers, Field, Page
from wizard.flow.pages.order import PAGES
from wizard.flow.route import route
from wizard.trusted_authority import named

_DEFAULT, _EXPRESS = Text("default"), Text("chosen by Express")
_AS_NOW = Text("as it is now")
_GIVEN = Text("Given, never shown")


@dataclass(frozen=True)
class Choice:
    """One answer; `exact` values are names shown in mono.

    `source` says where it is from; empty where somebody typed or picked it.
    """

    path: str
    label: Text
    values: tuple[Text, ...]
    exact: bool = False
    source: Text = EMPTY


@dataclass(frozen=True)
class PageChoices:
    """The answers that one page asks for; `asked`: it is a page of this journey."""

    page: Page
    choices: tuple[Choice, ...]
    asked: bool


def choices_of(
    answers: Answers, settings: Settings, offers: Offers | None = None
) -> tuple[PageChoices, ...]:
    """Give every answer once, by the pages that ask, in their order.

    The settings are what the answers make; what no page of this journey asks is as it
    is now, or chosen by Express. Secrets are said to be given, and are not here.
    """
    asked = {page.id: page for page in route(answers)}
    values = {**answers.values, **answers_of(settings)}
    known = _Known(Answers(values, answers.installed), offers or Offers())
    seen = set[str]()
    groups = []
    for page in PAGES:
        choices = tuple(known.choices(page, asked=page.id in asked, seen=seen))
        if choices:
            worded = asked.get(page.id, page)
            groups.append(PageChoices(worded, choices, page.id in asked))
    return tuple(groups)


@dataclass(frozen=True)
class _Known:
    answers: Answers
    offers: Offers

    def choices(self, page: Page, *, asked: bool, seen: set[str]) -> Iterator[Choice]:
        for field in page.fields:
            path = field.path
            listed = path in _SETTINGS or (asked and path in (*SECRETS, "mode", _USER))
            if path in seen or not listed or not field.shown(self.answers):
                continue
            value = self.answers.get(path)
            if path not in _SETTINGS and not value:
                continue
            seen.add(path)
            yield self._choice(field, value, asked=asked)

    def _choice(self, field: Field, value: Any, *, asked: bool) -> Choice:
        exact = field.kind in _EXACT
        values = tuple(_values(field, value))
        source = EMPTY if field.path in SECRETS else self._source(field, value, asked)
        label = field.label
        return Choice(field.path, label, values, exact=exact, source=source)

    def _source(self, field: Field, value: Any, asked: bool) -> Text:  # noqa: FBT001 - of its caller
        if field.path in self.offers.values and value == self.offers.values[field.path]:
            return Text("found: {source}", source=self.offers.source(field.path))
        installed = self.answers.installed
        if installed is not None:
            same = answers_of(installed).get(field.path) == value
            return _AS_NOW if same else EMPTY
        if not asked:
            return _EXPRESS
        return _DEFAULT if value == _defaults().get(field.path) else EMPTY


_USER = "input.admin_user"
_EXACT = frozenset({"text", "path", "dn", "controllers", "containers", "names"})
_SETTINGS = frozenset(
    field.path
    for page in PAGES
    for field in page.fields
    if not field.path.startswith("input.") and field.path not in ("mode", "task")
)


def _defaults() -> Mapping[str, Any]:
    return defaults()


def _values(field: Field, value: Any) -> Iterator[Text]:
    """Put an answer into words; an option by its name, several one by one."""
    if field.path in SECRETS:
        yield _GIVEN
    elif field.options and value != ():
        names = {option.value: option.label for option in field.options}
        chosen = value if isinstance(value, tuple) else (value,)
        yield from (names.get(each, verbatim(str(each))) for each in chosen)
    elif field.kind == "certificate" and value:
        yield named(value)
    elif isinstance(value, bool):
        yield Text("On") if value else Text("Off")
    elif isinstance(value, tuple) and value:
        yield from map(_one, value)
    else:
        yield Text("None") if value in (None, "", ()) else verbatim(str(value))


def _one(value: Any) -> Text:
    if isinstance(value, DomainController):
        text = f"{value.host} ({value.address})" if value.address else value.host
        return verbatim(text)
    return verbatim(str(value))
