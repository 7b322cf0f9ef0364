"""What is typed and used once, by its name in a secrets file and on a page."""

SECRETS = ("admin_password", "account_password", "enrolment_code", "proxy_password")

# of the account that a service runs as, where one can be chosen; and of the one before,
# where both have one
SERVICE_PASSWORD = "service_password"  # noqa: S105 - the name, not the secret
PREVIOUS_PASSWORD = "previous_service_password"  # noqa: S105 - likewise
