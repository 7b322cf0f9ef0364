"""Answers as JSON has them, and back: what the field of a page takes."""

from typing import Any

from wire.secret import Secret
from wizard.flow.model import SECRETS, Kind
from wizard.flow.pages.order import FIELDS

_TYPES: dict[Kind, type] = {"check": bool, "switch": bool, "number": int}


def value_of(path: str, value: Any) -> Any:
    """Read the answer of a field.

    Raises:
        KeyError: no page has the field.
        TypeError, ValueError: the field does not take it.

    """
    field = FIELDS[path]
    if field.kind == "controllers":
        from agent.config.settings import DomainController

        return tuple(map(DomainController.model_validate, _typed(value, list)))
    if field.kind in ("containers", "names"):
        return tuple(_typed(each, str) for each in _typed(value, list))
    if field.kind == "certificate":
        from agent.ldap.authority import one_certificate

        return one_certificate(_typed(value, str))
    options = {option.value for option in field.options}
    if field.kind == "several":
        several = tuple(_typed(each, str) for each in _typed(value, list))
        if not options.issuperset(several):
            raise ValueError
        return several
    kind = type(next(iter(options), "")) if field.kind == "choice" else str
    plain = _typed(value, _TYPES.get(field.kind, kind))
    if options and plain not in options:
        raise ValueError
    return Secret(plain) if path in SECRETS else plain


def spelled(value: Any) -> Any:
    """Spell an answer as `value_of` reads it; TypeError for a secret."""
    if isinstance(value, tuple | list):
        return [spelled(each) for each in value]
    if isinstance(value, str | int):
        return value
    from agent.config.settings import DomainController

    if isinstance(value, DomainController):
        return {"host": value.host, "address": value.address}
    raise TypeError


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:  # a bool is an int to isinstance
        raise TypeError
    return value
