"""Columns that are never narrower than their titles."""

from PySide6.QtWidgets import QHeaderView


def fit_titles(header: QHeaderView) -> None:
    """Widen each column to its title; one that stretches stays as wide at least.

    What has no place then scrolls sideways.
    """
    needed = [header.sectionSizeHint(at) for at in range(header.count())]
    stretches = [
        needed[at]
        for at in range(header.count())
        if header.sectionResizeMode(at) is QHeaderView.ResizeMode.Stretch
    ]
    # first: what stretches is laid anew with each other section
    header.setMinimumSectionSize(max([header.minimumSectionSize(), *stretches]))
    for at, width in enumerate(needed):
        header.resizeSection(at, max(width, header.sectionSize(at)))
