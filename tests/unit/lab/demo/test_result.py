"""What `./dev try` ends with: ok is what was seen to work, and nothing else."""

from lab.demo.plot import Result

ALL = ("install", "permissions", "reset", "bind", "reconfigure", "portal")


def test_only_what_was_all_seen_is_ok() -> None:
    assert Result(**dict.fromkeys(ALL, "ok")).ok  # type: ignore[arg-type]
    for missed in ALL:
        parts = dict.fromkeys(ALL, "ok") | {missed: "failed"}
        assert not Result(**parts).ok  # type: ignore[arg-type]
        parts.pop(missed)
        assert not Result(**parts).ok  # type: ignore[arg-type]


def test_its_last_line_names_the_portal() -> None:
    told = Result(portal="ok", portal_ms=123.4).as_dict()
    assert (told["portal"], told["portal_ms"]) == ("ok", 123.4)
    assert "failure" not in told
