"""Domains and OUs: the tree, what is chosen, and how many people that is."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from wire.text import Text, plural
from wizard.flow.conversion import directory_of, inputs_of
from wizard.flow.proposals import base_dn
from wizard.results import Container
from wizard.ui.form import Form
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.container_tree import ContainerTree
from wizard.ui.widgets.field_box import ProblemLine
from wizard.ui.widgets.labels import label

_PATH = "scope.containers"


class ScopePage(Form):
    """Chooses containers; an empty choice is refused."""

    fills = True

    def build(self) -> None:
        self._shown_for: tuple[Any, ...] = ()
        self.tree = ContainerTree()
        self.tree.chosen_changed.connect(self._ticked)
        self.wrong, self.count = ProblemLine(), label()
        self.body.addWidget(self.tree, 1)
        self.add(self.wrong, self.count)
        self.list = QListWidget()
        self.list.setFont(palette.mono())
        self.list.setFixedHeight(76)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName(tr("Chosen containers"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add(self.list)
        self.add_check()

    @property
    def answers(self) -> Mapping[str, Any]:
        return {_PATH: self.tree.chosen}

    def set_answers(self, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            if path != _PATH:
                raise KeyError(f"page {self.page.id} does not ask {path}")
            self.tree.show_chosen(tuple(value))
            self._ticked()

    def entered(self) -> None:
        super().entered()
        answers = self.session.answers
        directory, inputs = directory_of(answers), inputs_of(answers)
        if self._shown_for == (directory, inputs):
            return
        self._shown_for = (directory, inputs)
        controller = self.session.controller

        def load(dn: str) -> tuple[Container, ...]:
            return controller.checks.containers(directory, inputs, dn)

        self.tree.show_domain(base_dn(directory.domain), load)

    def show_answers(self) -> None:
        chosen = tuple(self.session.answers.get(_PATH) or ())
        self.tree.show_chosen(chosen)
        self.list.clear()
        self.list.addItems([line(dn) for dn in chosen])
        for at, dn in enumerate(chosen):
            self.list.item(at).setToolTip(tip(dn))
        self.list.setVisible(bool(chosen))
        text = plural(
            "{count} container chosen, with everything below it:",
            "{count} containers chosen, each with everything below it:",
            len(chosen),
        )
        none = Text(
            "Nothing is chosen. Check the containers whose people may be reset."
        )
        self.count.setText(say(text if chosen else none))

    def _ticked(self) -> None:
        self.wrong.tell("")
        self._edited()
        self.show_answers()

    def refuse_problems(self) -> bool:
        text = tr("Check at least one container.") if self.problems() else ""
        self.wrong.tell(text)
        if not text:
            return False
        self.tree.setAccessibleDescription(text)
        self.tree.setFocus()
        self.refuse(text)
        return True
