"""What pages show of an organization: made once, of settings and the logo's file."""

import hashlib
from dataclasses import dataclass

from portal.brand.colour import written_on
from portal.brand.logo import Logo, read_logo
from portal.brand.section import BrandSection

STYLE, PICTURE = "/static/brand.css", "/static/brand.png"


@dataclass(frozen=True)
class Brand:
    """The style sheet of a colour, and a logo with its words; "" and None: none."""

    style: str = ""
    logo: Logo | None = None
    alt: str = ""

    @property
    def style_address(self) -> str:
        """Where the style sheet is; it changes with it, which browsers keep."""
        return _versioned(STYLE, self.style.encode())

    @property
    def logo_address(self) -> str:
        """Where the logo is, likewise."""
        return _versioned(PICTURE, self.logo.content if self.logo else b"")

    @property
    def addresses(self) -> tuple[str, str]:
        """Where both are, if they are."""
        return self.style_address, self.logo_address


def brand_of(section: BrandSection, organization: str) -> Brand:
    """Make it; PortalUnusable where the logo can't be taken."""
    logo = None if section.logo is None else read_logo(section.logo)
    return Brand(_style(section), logo, section.alt or organization)


def _style(section: BrandSection) -> str:
    if section.accent is None or section.dark is None:
        return ""
    light, dark = _variables(section.accent), _variables(section.dark)
    return f"{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _variables(accent: str) -> str:
    return f":root {{ --accent: {accent}; --accent-text: {written_on(accent)}; }}\n"


def _versioned(address: str, content: bytes) -> str:
    return f"{address}?v={hashlib.sha256(content).hexdigest()[:12]}"
