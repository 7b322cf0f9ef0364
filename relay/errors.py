"""What the relay refuses, in words for the sender."""

from collections.abc import Mapping
from types import MappingProxyType

from wire.failure import PlainFailure
from wire.server.errors import ServerUnusable

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Refused(PlainFailure):
    """A request that ends here, with the HTTP status and texts of its answer.

    `what` is never a token, key or code; `detail` are further members of the JSON body.
    """

    def __init__(
        self, status: int, what: str, remedy: str, detail: Mapping[str, str] = _NOTHING
    ) -> None:
        super().__init__(what, remedy)
        self.status = status
        self.detail = dict(detail)

    @property
    def body(self) -> dict[str, str]:
        """The JSON body of the answer."""
        return {"error": self.what, "remedy": self.remedy} | self.detail


class RelayUnusable(ServerUnusable):
    """The relay can't start, or a command can't be done."""
