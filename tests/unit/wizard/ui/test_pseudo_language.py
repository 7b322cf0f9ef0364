"""Every page in the pseudo-language: no string of ours escapes its translation."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QModelIndex,
    Qt,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent.config.settings import Settings
from tests.fixtures.escaped_words import escaped
from tests.fixtures.gallery import answers
from tests.fixtures.gallery.apply import MANY
from tests.fixtures.gallery.order import AREAS, WALKS
from tests.fixtures.gallery.stage import Stage
from tests.fixtures.gallery.walk import Walk
from tests.unit.wizard import answered
from tests.unit.wizard.health import staged
from tests.unit.wizard.ui import (
    copied,
    fake,
    fake_controller,
    fake_people,
    fake_permissions,
)
from wire.text import Text
from wizard.flow.pages.order import FIELDS
from wizard.translation import PSEUDO, available
from wizard.ui.application import application
from wizard.ui.complete.self_test_panel import _FIELDS

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def texts_of(widget: QWidget) -> Iterator[str]:
    """Give whatever one widget shows or says."""
    yield from (
        widget.accessibleName(),
        widget.accessibleDescription(),
        widget.toolTip(),
        widget.windowTitle(),
    )
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QMessageBox):
        yield from (widget.text(), widget.informativeText())
    if isinstance(widget, QAbstractItemView) and widget.model():
        yield from cells_of(widget.model(), QModelIndex())


def cells_of(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    """Give the headers and cells of a table or tree."""
    one = isinstance(model, QAbstractListModel)
    columns = range(1 if one else model.columnCount(parent))
    for column in columns:
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
    for row in range(model.rowCount(parent)):
        for column in columns:
            cell = model.index(row, column, parent)
            yield from (str(model.data(cell, role) or "") for role in _ROLES)
            if column == 0 and not one:
                yield from cells_of(model, cell)


class Reader:
    """Reads all texts of each state that it is shown."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder, self)
        self.texts: dict[str, str] = {}

    def __call__(self, name: str, shown: QWidget) -> None:
        for widget in (shown, *shown.findChildren(QWidget)):
            for text in texts_of(widget):
                self.texts.setdefault(text, name)


def strings_in(value: Any) -> Iterator[str]:
    """Give the strings that a value of a fake is made of; templates are none."""
    if isinstance(value, Text):
        value = value.fields
    if isinstance(value, str):
        yield from (value, *value.splitlines())
    elif isinstance(value, Mapping):
        yield from (each for item in value.items() for each in strings_in(item))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (each for item in value for each in strings_in(item))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from strings_in(getattr(value, field.name))


def strings_of(fakes: ModuleType) -> Iterator[str]:
    """Give the strings of a module's own values and lines, not what it imports."""
    for node in ast.walk(tree := ast.parse(inspect.getsource(fakes))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    for line in tree.body:
        for target in line.targets if isinstance(line, ast.Assign) else ():
            if isinstance(target, ast.Name):
                yield from strings_in(getattr(fakes, target.id))


_FAKES = (
    *(answered, staged, copied, fake, fake_controller, fake_people),
    *(fake_permissions, *AREAS, answers),
)
DATA = {
    *(text for module in _FAKES for text in strings_of(module)),
    *(str(option.value) for field in _FIELDS for option in field.options),
    # attributes of people by their names in the directory
    *(str(option.value) for option in FIELDS["self_service.contacts"].options),
    # languages by their own names, and settings by theirs
    *(each.name for each in available()),
    *("password", ", ".join(Settings.model_fields)),
    # hosts without the domain they all have
    *("dc1", "dc2", "dc4", "branch-dc-07", *(f"dc{at:03}" for at in range(101))),
    # of the certificates that are made for the test, and of certutil's stores
    *("CN=Corp Root CA", "CN=Corp Issuing CA 1", "CN=dc1.corp.test"),
    *(f"certutil -v -store {store}" for store in ("Root", "CA", "My")),
    # an address as it is typed, and a code that is read out letter by letter
    *("https://portal.contoso.com", " ".join("BCDF-GHJK")),
    *("Cert Hash(sha256)", *(f"Grants 4 permissions on OU={n}" for n in MANY)),
}
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:)+[0-9A-F]{2}|(?:[0-9A-F]{4}\s)+[0-9A-F]{4}")


def words_left(text: str) -> list[str]:
    plain = _FINGERPRINT.sub("", text)
    return escaped(plain) and escaped(plain, [each for each in DATA if each in plain])


@pytest.fixture
def reader(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    """Reads in the pseudo-language; its windows are destroyed in the end."""
    assert qtbot
    monkeypatch.setenv("LANGUAGE", PSEUDO)
    application()
    reader = Reader(tmp_path)
    yield reader
    reader.stage.close()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_no_string_escapes_its_translation(walk: Walk, reader: Reader) -> None:
    walk(reader.stage)

    assert reader.texts
    assert not {
        text: (page, words_left(text))
        for text, page in reader.texts.items()
        if words_left(text)
    }
