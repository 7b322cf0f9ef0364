"""Percentiles and the table of the benchmark."""

import statistics
from collections.abc import Mapping, Sequence


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Give the median and the 99th percentile, rounded to microseconds."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 3), "p99": round(cuts[98], 3)}


def table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Line up rows of percentiles in milliseconds."""
    width = max(len(name) for name in rows)
    lines = [f"{'milliseconds':<{width}}  {'p50':>9}  {'p99':>9}"]
    lines += [
        f"{name:<{width}}  {row['p50']:>9.2f}  {row['p99']:>9.2f}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def lines(row: Mapping[str, float]) -> list[str]:
    """Line up single figures."""
    return [f"{name:<28}{value:>12,.2f}" for name, value in row.items()]
