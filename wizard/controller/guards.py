"""Nothing is planned or applied beside somebody at work, or over a run cut off."""

from wizard.errors import RecoveryNeeded
from wizard.host.interface import Host
from wizard.plan import journal
from wizard.plan.journal import Journal


def refuse_busy(host: Host) -> None:
    """Refuse while somebody is at work.

    Raises:
        Busy: by whom, and since when.

    """
    busy = host.held_by()
    if busy is not None:
        raise busy


def refuse_cut_off(host: Host) -> None:
    """Refuse before a run that was cut off is recovered.

    Raises:
        Busy: somebody is at work.
        RecoveryNeeded: there is one.

    """
    if find_cut_off(host) is not None:
        raise RecoveryNeeded


def refuse_open_journal(host: Host) -> None:
    """Do so while the lock is held: whatever is open was cut off."""
    if journal.find_open(host.places.journal) is not None:
        raise RecoveryNeeded


def find_cut_off(host: Host) -> Journal | None:
    """Find a journal that is open though nobody is at work.

    Raises:
        Busy: somebody is.

    """
    cut_off = journal.find_open(host.places.journal)
    while cut_off is not None:
        refuse_busy(host)
        before = cut_off.path
        # who was at work may have ended in order between the two looks
        cut_off = journal.find_open(host.places.journal)
        if cut_off is not None and cut_off.path == before:
            return cut_off
    return None
