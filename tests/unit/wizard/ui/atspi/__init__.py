"""The window on a real screen, as an assistive technology sees it through AT-SPI."""
