"""A desktop of Linux: it knows a program by its .desktop file, and has a terminal."""


class LinuxDesktop:
    """The desktop of freedesktop.org."""

    def group_windows(self, name: str) -> None:
        """Nothing: Qt names the .desktop file."""

    def theme_colours(self) -> None:
        """Give none: that contrast is wanted is told, and not by which colours."""

    def tell(self, title: str, text: str) -> bool:  # noqa: ARG002 - of Windows
        return False
