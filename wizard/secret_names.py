"""What is typed and used once, by its name in a secrets file and on a page."""

SECRETS = ("admin_password", "account_password", "enrolment_code", "proxy_password")
