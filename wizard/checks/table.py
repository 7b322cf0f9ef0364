"""The checks that pages run, by name."""

from collections.abc import Mapping

from wizard.checks import controllers, directory, people, relay, self_service
from wizard.checks.outcome import CheckFunction

CHECKS: Mapping[str, CheckFunction] = {
    "relay": relay.run,
    "controllers": controllers.run,
    "account": directory.run,
    "scope": people.run_scope,
    "identifier": people.run_identifier,
    "group": people.run_group,
    "self_service": self_service.run,
}
