"""Figures are written as OpenMetrics has them: escaped, cumulative, units in names."""

from portal.measures.measures import BOUNDS, Measures, Times
from portal.measures.text_format import family, histogram


def test_a_counter_has_its_ending_and_what_it_says() -> None:
    samples = [({"code": "ok", "operation": "reset"}, 3.0), ({}, 0.25)]
    assert "".join(family("writes", "counter", "Writes.\nOf all.", samples)) == (
        "# TYPE writes counter\n"
        "# HELP writes Writes.\\nOf all.\n"
        'writes_total{code="ok",operation="reset"} 3\n'
        "writes_total 0.25\n"
    )


def test_a_gauge_in_a_unit_says_which() -> None:
    lines = [*family("age_seconds", "gauge", "Age.", [({}, 1_800_000_000.123)])]
    assert lines[1] == "# UNIT age_seconds seconds\n"
    assert lines[-1] == "age_seconds 1800000000.123\n"


def test_a_label_can_end_no_line() -> None:
    lines = [*family("x", "gauge", "X.", [({"agent": 'a"\\\n# EOF'}, 1)])]
    assert lines[-1] == 'x{agent="a\\"\\\\\\n# EOF"} 1\n'


def test_a_histogram_counts_up_to_each_bound() -> None:
    times = Times()
    for seconds in (0.01, 0.025, 0.3, 99.0):
        times.add("reset", seconds)
    lines = [*histogram("w_seconds", "Waits.", "operation", times)]
    counts = [int(each.rpartition(" ")[2]) for each in lines if "_bucket" in each]
    assert len(counts) == len(BOUNDS) + 1
    assert counts == sorted(counts)
    assert 'w_seconds_bucket{operation="reset",le="0.025"} 2\n' in lines
    assert 'w_seconds_bucket{operation="reset",le="20.0"} 3\n' in lines
    assert 'w_seconds_bucket{operation="reset",le="+Inf"} 4\n' in lines
    assert 'w_seconds_count{operation="reset"} 4\n' in lines
    assert 'w_seconds_sum{operation="reset"} 99.335\n' in lines


def test_a_status_is_one_of_its_class() -> None:
    measures = Measures()
    for status in (200, 204, 303, 404, 422):
        measures.shown(status, 0.1)
    assert measures.pages == {"2xx": 2, "3xx": 1, "4xx": 2}
