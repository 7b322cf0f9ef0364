"""The journey's app gives each code once, and none that the portal has not reached."""

import pyotp

from lab.demo.portal_driver import AuthenticatorApp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_two_codes_in_one_step_are_two_and_both_count() -> None:
    app, portal = AuthenticatorApp(SECRET), pyotp.TOTP(SECRET)
    first, second = app.code(), app.code()
    assert first != second
    assert all(portal.verify(code, valid_window=1) for code in (first, second))
