"""The offers file: answers that wait on the wizard's pages, each with its source.

docs/offers.md has its form. A row for no field of a page, a value that its field does
not take, or a file that others write ends it: nothing of it is offered then.
"""

import json
from pathlib import Path
from typing import Any

from agent.platform.detect import this_platform
from agent.platform.interface import Exposure
from wire.failure import Failure
from wire.text import Text, verbatim
from wizard.flow.answer_values import value_of
from wizard.flow.defaults import Offer, Offers
from wizard.flow.model import SECRETS
from wizard.flow.pages.order import FIELDS

MAX_BYTES = 65_536


class OffersRefused(Failure):
    """Nothing is offered; the text names the row and never a value."""


def read_offers(path: Path) -> Offers:
    """Read a file of offers.

    OffersRefused where it can't be read, is too large or not safe, or has a bad row.
    """
    try:
        files = this_platform().files
        handle = files.open_to_read(path, follow=True)
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor
            exposure, data = files.exposure(handle), file.read(MAX_BYTES + 1)
        rows = json.loads(data) if len(data) <= MAX_BYTES else None
    except OSError as error:
        why = str(error.strerror)
        what = Text("{path} can't be read: {why}.", path=str(path), why=why)
        raise OffersRefused(what) from error
    except (ValueError, RecursionError):
        raise OffersRefused(Text("{path} is not JSON.", path=str(path))) from None
    if not isinstance(rows, list):
        name, most = str(path), MAX_BYTES
        what = Text(
            "{path} is no list of at most {bytes} bytes.", path=name, bytes=most
        )
        raise OffersRefused(what)
    offers = tuple(_offer(number, row) for number, row in enumerate(rows, 1))
    _check_owner(path, exposure, private=any(each.path in SECRETS for each in offers))
    return Offers(offers)


def _check_owner(path: Path, exposure: Exposure, *, private: bool) -> None:
    """Refuse what another user could have written, or read a secret from."""
    if not (exposure.regular and (exposure.own or exposure.of_administrator)):
        raise OffersRefused(Text("{path} is not a file of yours.", path=str(path)))
    if exposure.written_by_others or (private and exposure.read_by_others):
        what = Text("{path} is open to others: chmod 600 {path}.", path=str(path))
        raise OffersRefused(what)


def _offer(number: int, row: Any) -> Offer:
    if not isinstance(row, dict) or set(row) != {"path", "value", "source"}:
        what = Text("Row {number} is not a path, a value and a source.", number=number)
        raise OffersRefused(what)
    path, value, source = row["path"], row["value"], row["source"]
    if not isinstance(path, str) or path not in FIELDS or not isinstance(source, str):
        raise OffersRefused(
            Text("Row {number} names no field of a page, or no source.", number=number)
        )
    try:
        return Offer(path, value_of(path, value), verbatim(source))
    except (TypeError, ValueError):
        raise OffersRefused(
            Text(
                "Row {number}: {path} does not take its value.",
                number=number,
                path=path,
            )
        ) from None
