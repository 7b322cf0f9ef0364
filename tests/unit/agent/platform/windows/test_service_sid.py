"""A service's SID is computed as Windows does."""

from agent.platform.windows.service_sid import service_sid

TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"


def test_it_is_the_one_that_windows_gives() -> None:
    assert service_sid("TrustedInstaller") == TRUSTED_INSTALLER
    assert service_sid("trustedinstaller") == TRUSTED_INSTALLER


def test_ours_is_of_the_service_account() -> None:
    assert service_sid() == service_sid("WritebackAgent") != TRUSTED_INSTALLER
