"""What the relay refuses, in words for whoever asked."""

from collections.abc import Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A request that ends here, with the HTTP status and texts of its answer.

    Args:
        status: HTTP status.
        error: what is wrong; never a token, key or code.
        remedy: what to do about it.
        detail: further members of the JSON body.

    """

    def __init__(
        self, status: int, error: str, remedy: str, detail: Mapping[str, str] = _NOTHING
    ) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status
        self.error = error
        self.remedy = remedy
        self.detail = dict(detail)

    @property
    def body(self) -> dict[str, str]:
        """The JSON body of the answer."""
        return {"error": self.error, "remedy": self.remedy} | self.detail


class RelayUnusable(Exception):  # noqa: N818 - says what is, not that it is wrong
    """The relay can't start or a command can't be done; the text has the remedy."""
