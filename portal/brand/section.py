"""The section `brand` of the settings: a logo and a colour that people can read."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from portal.brand.colour import DARK, LIGHT, colour, lightened, readable

_Colour = Annotated[str, AfterValidator(colour)]


class BrandSection(BaseModel):
    """What pages show of the organization.

    `logo` is a file; `alt` says what is on it to who does not see it, the
    organization's name where nothing is said. `accent` is the colour of links and
    buttons, `accent_dark` the one in the dark scheme: a lighter tone of `accent` where
    nothing is said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    logo: Path | None = None
    alt: Annotated[str, Field(max_length=100)] = ""
    accent: Annotated[
        _Colour | None,
        AfterValidator(lambda own: own and readable(own, LIGHT)),
    ] = None
    accent_dark: Annotated[
        _Colour | None,
        AfterValidator(lambda own: own and readable(own, DARK)),
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.accent_dark is not None and self.accent is None:
            raise ValueError(
                "accent_dark: needs accent, the colour of the light scheme"
            )
        return self

    @property
    def dark(self) -> str | None:
        """The colour in the dark scheme; None: the portal's own."""
        if self.accent is None:
            return None
        return self.accent_dark or lightened(self.accent)
