"""Domains and OUs: all or selected containers, and what each tick means."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QSizePolicy

from agent.ldap.dn import same
from wire.failure import sentence
from wizard.flow.conversion import inputs_of, reached_directory
from wizard.flow.pages.scope import ALL, CONTAINERS, EXCLUDED, EXTENT, SELECTED
from wizard.flow.proposals import base_dn
from wizard.flow.route import route
from wizard.flow.validation import NEEDED, problems_of
from wizard.results import Container, ContainerKind
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.container_reach import ContainerReach
from wizard.ui.jobs.containers import DomainContainers
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.container_selection import ContainerSelection
from wizard.ui.presenters.container_words import standing
from wizard.ui.scope.container_finder import ContainerFinder
from wizard.ui.scope.container_panel import ContainerPanel
from wizard.ui.scope.container_tree import ContainerTree
from wizard.ui.scope.named_list import NamedList
from wizard.ui.theme import palette
from wizard.ui.widgets.choice_editors import Choice
from wizard.ui.widgets.field_box import ProblemLine
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.side_by_side import SideBySide

_PERMISSIONS = "permissions"


class _Extent(Choice):
    """All or selected, side by side."""

    def _lay(self) -> None:
        self.setLayout(flow(*self.parts))


class ScopePage(Form):
    """Chooses containers; an empty choice is refused."""

    fills = True

    def build(self) -> None:
        self.selection = ContainerSelection()
        self._domain: DomainContainers | None = None
        self._selecting = False  # though the whole domain is ticked
        self._selected: ContainerSelection | None = None  # before all were chosen
        self._gone: frozenset[str] = frozenset()
        self._answers_come = False  # the domain was read, so that it lets us sign in
        self._looker = Worker(self, self._looked)
        self.extent = _Extent(EXTENT)
        self.extent.setAccessibleName(say(EXTENT.label))
        self.extent.changed.connect(self._extent_chosen)
        self.finder, self.panel, self.named = (
            ContainerFinder(),
            ContainerPanel(),
            NamedList(),
        )
        self.finder.ticked.connect(self._ticked)
        self.finder.focused.connect(self._show_focused)
        self.finder.tree.containers.answered.connect(self._domain_answered)
        self.panel.permissions_wanted.connect(self._go_to_permissions)
        self.named.removed.connect(self._remove)
        self.named.focused.connect(self._show_named)
        self.wrong = ProblemLine()
        self.both = SideBySide(
            self.finder, self.panel, least=220, spacing=palette.GROUP, shares=(3, 2)
        )
        self.add(self.extent)
        self.body.addWidget(self.both, 1)
        self.add(self.wrong, self.named)
        self.add_check()
        self.body.addStretch(0)

    @property
    def tree(self) -> ContainerTree:
        """The tree of the domain."""
        return self.finder.tree

    @property
    def answers(self) -> Mapping[str, Any]:
        return {
            CONTAINERS: self.selection.containers,
            EXCLUDED: self.selection.excluded,
        }

    def set_answers(self, values: Mapping[str, Any]) -> None:
        chosen = dict(self.answers)
        for path, value in values.items():
            if path not in chosen:
                raise KeyError(f"page {self.page.id} does not ask {path}")
            chosen[path] = tuple(value)
        self._choose(ContainerSelection(chosen[CONTAINERS], chosen[EXCLUDED]))

    def entered(self) -> None:
        super().entered()
        answers = self.session.answers
        directory, inputs = reached_directory(answers), inputs_of(answers)
        domain = DomainContainers(self.session.controller, directory, inputs)
        if self._domain != domain:
            self._domain, self._answers_come = domain, False
            self.panel.forget_refusal()
            self.finder.show_domain(directory, domain)
        self._look_for_missing()
        self._show_focused()

    def _domain_answered(self) -> None:
        """Look at the rest, once: each look is a sign-in, and one may be refused."""
        if not self._answers_come:
            self._answers_come = True
            self._look_for_missing()
            self._show_focused()

    def left(self) -> None:
        self.finder.leave()
        self.panel.leave()
        self._looker.drop()
        super().left()

    def show_answers(self) -> None:
        answers = self.session.answers
        containers = tuple(answers.get(CONTAINERS) or ())
        excluded = tuple(answers.get(EXCLUDED) or ())
        if (containers, excluded) != tuple(self.answers.values()):
            self.selection = ContainerSelection(containers, excluded)
            if self.isVisible():
                self._look_for_missing()
        self._show_selection()

    def refuse_problems(self) -> bool:
        problems = self.problems()
        text = say(sentence(problems[0].rule)) if problems else ""
        if problems and problems[0].rule == NEEDED:
            text = tr("Tick at least one container.")
        self.wrong.tell(text)
        if not text:
            return False
        self.finder.shown.setAccessibleDescription(text)
        self.finder.shown.setFocus()
        self.refuse(text)
        return True

    def stop_running(self) -> bool:
        if self.panel.worker.busy:
            self.panel.stop()
            return True
        return super().stop_running()

    @property
    def _head(self) -> str:
        return base_dn(self.session.answers.text("directory.domain"))

    @property
    def _is_all(self) -> bool:
        """Whether the whole domain is chosen, and not by a tick in the tree."""
        containers = self.selection.containers
        whole = len(containers) == 1 and same(containers[0], self._head)
        return whole and not self.selection.excluded and not self._selecting

    def _choose(self, selection: ContainerSelection) -> None:
        self.selection = selection
        self._look_for_missing()
        self._chosen()

    def _ticked(self) -> None:
        self._selecting = True
        self._chosen()

    def _chosen(self) -> None:
        self.wrong.tell("")
        self._edited()
        self._show_selection()

    def _extent_chosen(self) -> None:
        if self.extent.value() == ALL:
            self._selecting, self._selected = False, self.selection
            self._choose(ContainerSelection((self._head,)))
            return
        self._selecting = True
        self._choose(self._selected or self.selection)

    def _remove(self, dn: str) -> None:
        self._selecting = True
        self._choose(self.selection.without(dn))

    def _show_selection(self) -> None:
        everybody = self._is_all
        with QSignalBlocker(self.extent):
            self.extent.set_value(ALL if everybody else SELECTED)
        self.finder.show_selection(self.selection)
        self.named.show_named(self.selection.named, self._gone)
        for part in (self.finder, self.named):
            part.setVisible(not everybody)
        # the tree takes the height that is left, the panel alone what it needs
        self.body.setStretchFactor(self.both, 0 if everybody else 1)
        rule = QSizePolicy.Policy
        high = rule.Maximum if everybody else rule.Preferred
        self.both.setSizePolicy(rule.Preferred, high)
        self._show_focused()

    def _show_focused(self) -> None:
        if self._is_all:
            self._show_panel(self._head, "domain")
            return
        focused: Container | None = self.finder.current
        if focused:
            self._show_panel(focused.dn, focused.kind)
        else:
            self.panel.show_nothing(self.finder.note)

    def _show_named(self, dn: str) -> None:
        self._show_panel(dn, None)

    def _show_panel(self, dn: str, kind: ContainerKind | None) -> None:
        if not self.isVisible() or not dn:
            return
        if not self._answers_come:
            self.panel.show_nothing()
            return
        selection = self.selection
        ticked = selection.state(dn) != "clear"
        wanted = selection if ticked else selection.having(dn)
        containers, excluded = map(self._there, (wanted.containers, wanted.excluded))
        session = self.session
        reach = ContainerReach(
            session.controller, session.answers, containers, excluded, dn
        )
        words = standing(selection, dn)
        self.panel.show_container(
            reach, kind, words, ticked=ticked, leads_on=self._leads_to_permissions
        )

    def _there(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Leave out what is gone: nothing can be checked with it."""
        return tuple(name for name in names if name not in self._gone)

    @property
    def _leads_to_permissions(self) -> bool:
        """Whether Permissions comes later, and something is chosen for it to check."""
        ids = [page.id for page in route(self.session.answers)]
        return _PERMISSIONS in ids and bool(self.selection.containers)

    def _go_to_permissions(self) -> None:
        """Go there, or to a page before it on which something is to be answered."""
        if self.refuse_problems():
            return
        answers, way = self.session.answers, list[str]()
        pages = route(answers)
        here = [page.id for page in pages].index(self.page.id)
        for page in pages[here + 1 :]:
            way.append(page.id)
            if page.id == _PERMISSIONS or problems_of(page, answers):
                break
        self.leads.emit(way)

    def _look_for_missing(self) -> None:
        """Find what is named and is gone; where nobody answers, the tree says so."""
        names = tuple(each.dn for each in self.selection.named)
        if self._domain and self._answers_come and names:
            self._looker.start(self._domain.missing(names))

    def _looked(self, gone: tuple[str, ...]) -> None:
        self._gone = frozenset(gone)
        self._show_selection()
