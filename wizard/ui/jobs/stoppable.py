"""What only looks, and is stopped by Escape before anything is left."""


class Stoppable:
    """A part of a page with a job that changes nothing, such as a check."""

    @property
    def busy(self) -> bool:
        """Whether the job is under way."""
        raise NotImplementedError

    def stop_looking(self) -> None:
        """Stop it; the part says so."""
        raise NotImplementedError
