"""What an outcome says holds for every answer that has it."""

import pytest

from wire.outcomes import OUTCOMES, Code


@pytest.mark.parametrize("code", Code)
def test_no_text_speaks_of_what_an_answer_may_not_have(code: Code) -> None:
    """The time that ends a minimum age is not always known; nor is a minimum."""
    outcome = OUTCOMES[code]
    for text in (outcome.admin, outcome.remedy, outcome.user):
        assert "the time in this answer" not in text
