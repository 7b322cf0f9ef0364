"""The Debians that the packages are tried on."""

import pytest

# the second is slow: it is all of the first once more, on another systemd
SUITES = ("bookworm", pytest.param("trixie", marks=pytest.mark.slow))
