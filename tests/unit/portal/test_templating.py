"""What browsers keep is asked for anew when it was changed."""

from portal.templating import STATIC, static_address


def test_the_address_of_a_file_is_its_contents() -> None:
    addresses = {static_address(each.name) for each in STATIC.iterdir()}
    assert len(addresses) == len(list(STATIC.iterdir()))
    assert all("?v=" in each for each in addresses)
