"""What can go wrong in a build, said with its remedy."""


class BuildError(Exception):
    """The build cannot go on; `remedy` says what to do, or holds the tool's words."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy
