"""Nothing is planned or applied beside somebody at work, or over a run cut off."""

from wizard.errors import RecoveryNeeded
from wizard.host.interface import Host
from wizard.plan import journal
from wizard.plan.journal import Journal


def refuse_others(host: Host) -> None:
    """Raise Busy while somebody is at work, RecoveryNeeded where a run was cut off."""
    _refuse_busy(host)
    if find_cut_off(host) is not None:
        raise RecoveryNeeded


def find_cut_off(host: Host) -> Journal | None:
    """Find a journal that is open though nobody is at work; Busy where somebody is."""
    cut_off = journal.find_open(host.places.journal)
    while cut_off is not None:
        _refuse_busy(host)
        before = cut_off.path
        # who was at work may have ended in order between the two looks
        cut_off = journal.find_open(host.places.journal)
        if cut_off is not None and cut_off.path == before:
            return cut_off
    return None


def _refuse_busy(host: Host) -> None:
    busy = host.held_by()
    if busy is not None:
        raise busy
