"""The windows' fake takes and gives what the real controller does."""

import inspect

import pytest

from tests.unit.wizard.ui.fake_controller import FakeController
from wizard.elevation.methods import NAMES, PARTS


@pytest.mark.parametrize("name", NAMES)
def test_a_method_of_the_fake_has_the_signature_of_the_real_one(name: str) -> None:
    part, _, own = name.partition(".")
    fake = type(getattr(FakeController(), part))
    signatures = [
        inspect.signature(getattr(owner, own), eval_str=True)
        for owner in (fake, PARTS[part])
    ]
    assert signatures[0] == signatures[1]


def test_the_fake_has_nothing_that_the_real_one_lacks() -> None:
    for part, real in PARTS.items():
        fake = type(getattr(FakeController(), part))
        public = {name for name in vars(fake) if not name.startswith("_")}
        fields = set(getattr(fake, "__dataclass_fields__", ()))
        assert public - fields <= set(vars(real))
