"""The settings file: parsed, loaded, written."""

import contextlib
import hashlib
import json
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.composer import ComposerError
from yaml.scanner import ScannerError

from agent.config import migrations
from agent.config.errors import Problem, SettingsError, explain
from agent.config.self_service import SelfService
from agent.config.settings import Settings
from agent.system.named_files import read_named
from wire.text import Text, verbatim

# settings that came after programs of this version were there: at their default they
# are not written, so that those read the file; else they refuse what they don't know
_ADDED = (
    ("directory", "ca_certificate"),
    ("scope", "exclude_containers"),
    ("scope", "deny_list"),
    ("scope", "exclude_service_accounts"),
    ("features", "read_password_settings"),
    ("limits", "checks_per_minute"),
    ("limits", "people_per_five_minutes"),
    ("monitoring", "port"),
    ("self_service.registration", "provider_sign_in"),
    ("self_service.registration", "portal_codes"),
    ("self_service.registration", "code_to_manager"),
    ("self_service", "receipts"),
    ("self_service", "peers"),
)


_MOST_DEPTH = 32
_MOST_ALIASES = 20
# what PyYAML raises at a value that is none of the type that its tag says
_UNREADABLE = (
    *(yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError),
    *(ArithmeticError, RecursionError),
)


class _DuplicateKey(yaml.MarkedYAMLError):
    """A key is there twice; its problem is the key."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice: YAML 1.2 section 3.2.1.3 forbids it.

    And what is no text for people: levels without an end, names that stand for names
    that stand for more than any memory holds, a name within itself.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        look: Any = self.peek_event
        event = look()
        self._aliases += isinstance(event, yaml.AliasEvent)
        if self._depth >= _MOST_DEPTH or self._aliases > _MOST_ALIASES:
            problem = "it is nested too deep, or has too many aliases"
            raise ComposerError(None, None, problem, event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - PyYAML calls it so
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise _DuplicateKey(problem=key.value, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# a date is the text that it is written as, and none that is no date is tripped over
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def schema() -> dict[str, Any]:
    """Describe the settings file as JSON Schema 2020-12."""
    return Settings.model_json_schema()


def validate(data: object, source: str = "settings") -> Settings:
    """Make settings of plain data; SettingsError has every problem, by dotted path."""
    if not isinstance(data, dict):
        problem = Problem("(file)", Text("holds no settings; start with version: 2"))
        raise SettingsError(source, (problem,))
    migrations.refuse_newer(data, source)
    try:
        return Settings.model_validate(migrations.brought_up(data))
    except ValidationError as error:
        raise SettingsError(source, explain(error, Settings)) from None


def parse(text: str, source: str = "settings") -> Settings:
    """Make settings of YAML text; SettingsError has every problem, by dotted path."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except _UNREADABLE as error:
        raise SettingsError(source, (_no_yaml(error),)) from error
    return validate(data, source)


def _no_yaml(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    where = Text("line {number}", number=str(mark.line + 1)) if mark else Text("(file)")
    words = getattr(error, "problem", None)
    if isinstance(error, _DuplicateKey):
        return Problem(where, Text("{key} is given twice; keep one", key=str(words)))
    if isinstance(error, ScannerError) and mark and mark.buffer[mark.pointer] == "\t":
        return Problem(where, Text("is indented with a tab; use spaces"))
    what = verbatim(words) if words else Text("it holds characters that YAML has not")
    return Problem(where, Text("is not valid YAML: {what}", what=what))


def load(path: Path) -> Settings:
    """Read a settings file; SettingsError where it is missing, unreadable or wrong.

    One that a newer program wrote is passed over for the older one that it kept.
    """
    text, kept = _text(path), migrations.kept_name(path, migrations.VERSION)
    try:
        return parse(text, str(path))
    except SettingsError:
        if not (_is_newer(text) and kept.is_file()):
            raise
    return parse(_text(kept), str(kept))


def _text(path: Path) -> str:
    try:
        return read_named(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None)
        reason = verbatim(words) if words else Text("is no UTF-8 text")
        raise SettingsError(str(path), (Problem("(file)", reason),)) from error


def text_version(text: str) -> int | None:
    """Give the version that a settings file says it is of."""
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except _UNREADABLE:
        return None
    return migrations.version_of(data) if isinstance(data, dict) else None


def _is_newer(text: str) -> bool:
    version = text_version(text)
    return version is not None and version > migrations.VERSION


def digest(settings: Settings) -> str:
    """Name what settings say, whatever comments and order their file has (SHA-256).

    The certificates that they name count too: a file may get new content.
    """
    named = hashlib.sha256(dump(settings).encode())
    for ca in (settings.relay.ca, settings.directory.ca):
        if ca is not None:
            with contextlib.suppress(OSError):  # told where it is used
                named.update(hashlib.sha256(read_named(Path(ca))).digest())
    return named.hexdigest()


def dump(settings: Settings) -> str:
    """Spell settings as the YAML text that `parse` reads back to the same."""
    data = json.loads(settings.model_dump_json())
    for part, name in _ADDED:
        model, content = attrgetter(part)(settings), data
        for key in part.split("."):
            content = content[key]
        if getattr(model, name) == type(model).model_fields[name].default:
            del content[name]
    if settings.self_service == SelfService():
        del data["self_service"]
    data = {part: content for part, content in data.items() if content != {}}
    text: str = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=4096,
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines, such as a certificate, line by line."""


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)
