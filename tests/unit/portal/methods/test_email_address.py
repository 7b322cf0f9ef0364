"""What is typed as an address is one address in a mail's header, nothing else."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from portal.methods.email_address import BadAddress, email_address


@pytest.mark.parametrize(
    "typed",
    [
        # encoded words (RFC 2047) that a header decodes to a line, or to two addresses
        "a@=?utf-8?q?a=0d=0abcc=3a_x=40y?=.de",
        "=?utf-8?q?a=0d=0abcc=3a_x?=@b.de",
        "=?utf-8?q?victim=40x.de=2c?=@evil.com",
        "a@b|c.de",
        "a@[1].de",
    ],
)
def test_what_a_header_would_read_otherwise_is_none(typed: str) -> None:
    with pytest.raises(BadAddress):
        email_address(typed)


@pytest.mark.parametrize(
    "typed", ["Anna.Berg+x@Example.org", "o'neil=1@sub.my-host.example", "ä@bücher.de"]
)
def test_an_address_is_the_one_of_its_header(typed: str) -> None:
    address = email_address(typed)
    mail = EmailMessage(policy=SMTP)
    mail["To"] = address
    assert [each.addr_spec for each in mail["To"].addresses] == [address]
