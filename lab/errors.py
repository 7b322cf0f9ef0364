"""What can go wrong in the lab, said with its remedy."""


class LabError(Exception):
    """The lab cannot go on; `remedy` says what to do, or holds the tool's own words."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy
