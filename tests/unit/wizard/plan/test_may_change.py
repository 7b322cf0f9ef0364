"""Who may change a machine is said by whoever opens it: nowhere is it a default."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard
from tests.unit.wizard.fake_host import FakeHost
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.plan.change import Context

NAME = "may_change"


def defaulted(node: ast.AST) -> Iterator[str]:
    """Give the parameters and fields of a definition that have a default."""
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and each.value is not None:
                yield ast.unparse(each.target)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        plain = (*node.args.posonlyargs, *node.args.args)
        yield from (each.arg for each in plain[len(plain) - len(node.args.defaults) :])
        named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        yield from (each.arg for each, value in named if value is not None)


def test_nowhere_is_there_a_default_that_lets_everybody_in() -> None:
    found = [
        (str(file), getattr(node, "name", ""))
        for file in Path(wizard.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if NAME in defaulted(node)
    ]
    assert found == []


def test_a_controller_and_a_context_are_not_made_without_it(tmp_path: Path) -> None:
    host = FakeHost(tmp_path)
    with pytest.raises(TypeError, match=NAME):
        Controller(host)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=NAME):
        Context(host, Inputs())  # type: ignore[call-arg]
