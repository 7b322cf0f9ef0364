"""OpenMetrics text (openmetrics.io, version 1.0.0), as Prometheus reads it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Literal

from portal.measures.measures import BOUNDS, Times

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
END = "# EOF\n"
_Samples = Iterable[tuple[Mapping[str, str], float]]


def family(
    name: str, kind: Literal["counter", "gauge"], says: str, samples: _Samples
) -> Iterator[str]:
    """Write the lines of a family; `says` explains it to who reads the dashboard."""
    yield from _head(name, kind, says)
    ending = "_total" if kind == "counter" else ""
    for labels, value in samples:
        yield f"{name}{ending}{_labels(labels)} {value:.15g}\n"


def histogram(name: str, says: str, label: str, times: Times) -> Iterator[str]:
    """Write the lines of a histogram in seconds; without `label` it has one series."""
    yield from _head(name, "histogram", says)
    for value, buckets, total in times.each():
        own = {label: value} if label else {}
        bounds = (*map(str, BOUNDS), "+Inf")
        for bound, count in zip(bounds, accumulate(buckets), strict=True):
            yield f"{name}_bucket{_labels({**own, 'le': bound})} {count}\n"
        yield f"{name}_count{_labels(own)} {sum(buckets)}\n"
        yield f"{name}_sum{_labels(own)} {total:.15g}\n"


def _head(name: str, kind: str, says: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}\n"
    for unit in ("seconds", "bytes"):
        if name.endswith(f"_{unit}"):
            yield f"# UNIT {name} {unit}\n"
    yield f"# HELP {name} {_escaped(says)}\n"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    return "{" + ",".join(pairs) + "}" if pairs else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
