"""Domains and OUs: the tree, what is chosen, and how many people that is."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QWidget

from wizard.flow.conversion import directory_of, inputs_of
from wizard.flow.proposals import base_dn
from wizard.results import Container
from wizard.ui.form import Form
from wizard.ui.formatting import tr, tr_n
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.container_tree import ContainerTree
from wizard.ui.widgets.labels import InkLabel, label, row

_PATH = "scope.containers"


class ScopePage(Form):
    """Chooses containers; an empty choice is refused."""

    fills = True

    def build(self) -> None:
        self._shown_for: tuple[Any, ...] = ()
        self.tree = ContainerTree()
        self.tree.chosen_changed.connect(self._ticked)
        self.body.addWidget(self.tree, 1)
        self.body.addWidget(self._wrong())
        self.count = label()
        self.body.addWidget(self.count)
        self.list = QListWidget()
        self.list.setFont(palette.mono())
        self.list.setFixedHeight(76)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName(tr("Chosen containers"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self.list)
        self.add_check()

    def _wrong(self) -> QWidget:
        self.wrong, self.wrong_text = QWidget(), InkLabel("", "failed")
        place = row(Mark("circle-x", "failed"), self.wrong_text)
        place.setStretch(1, 100)
        self.wrong.setLayout(place)
        self.wrong.hide()
        return self.wrong

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
        self.list.addItems(list(chosen))
        for at, dn in enumerate(chosen):
            self.list.item(at).setToolTip(dn)
        self.list.setVisible(bool(chosen))
        none = tr("Nothing is chosen. Check the containers whose people may be reset.")
        text = tr_n(
            "%n container(s) chosen, each with everything below it:", len(chosen)
        )
        self.count.setText(text if chosen else none)

    def _ticked(self) -> None:
        self.wrong.hide()
        self._edited()
        self.show_answers()

    def refuse_problems(self) -> bool:
        problems = self.problems()
        self.wrong.setVisible(bool(problems))
        if not problems:
            return False
        text = tr("Check at least one container.")
        self.wrong_text.setText(text)
        self.tree.setAccessibleDescription(text)
        self.tree.setFocus()
        self.refuse(text)
        return True

    def close_work(self) -> None:
        super().close_work()
        self.tree.worker.close()
