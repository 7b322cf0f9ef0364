"""Icons, styles and translations: data only."""
