"""What was verified of controllers is told in as few rows as it has."""

from wire.text import Text
from wizard.results import Check
from wizard.ui.presenters.verified import summed_up


def of(host: str, fact: str, state: str = "ok") -> Check:
    return Check(f"{host}/{fact}", Text("{host}: {fact}", host=host, fact=fact), state)  # type: ignore[arg-type]


def told(*checks: Check) -> list[str]:
    return [f"{each.title}: {each.state}. {each.detail}" for each in summed_up(checks)]


RELAY = Check("relay", Text("Relay"), "ok", Text("Connected"))


def test_what_is_in_order_of_all_is_one_row() -> None:
    hosts = [f"dc{at}.corp.test" for at in range(12)]
    facts = ("certificate", "TLS", "clock")
    checks = [of(host, fact) for host in hosts for fact in facts]

    assert told(RELAY, *checks) == [
        "Relay: ok. Connected",
        "Domain controllers: ok. 12 controllers: certificate, TLS, clock",
    ]


def test_one_that_differs_is_told_by_its_name() -> None:
    checks = [of(host, fact) for host in ("dc1", "dc2") for fact in ("TLS", "clock")]
    late = of("dc3", "clock", "warning")

    assert told(*checks, of("dc3", "TLS"), late) == [
        "Domain controllers: ok. 3 controllers: TLS",
        "Domain controllers: ok. 2 controllers: clock",
        "dc3: clock: warning. ",
    ]


def test_one_alone_is_one_row_too() -> None:
    assert told(of("dc1", "TLS"), of("dc1", "clock")) == [
        "Domain controllers: ok. 1 controller: TLS, clock"
    ]


def test_other_checks_stay_as_they_are() -> None:
    group = Check("group", Text("Group Pilot"), "ok", Text("214 people"))
    assert summed_up((RELAY, group)) == (RELAY, group)
