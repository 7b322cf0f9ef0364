"""Where the agent's files lie."""

from agent.system.paths import Paths


def test_what_root_reads_again_is_not_the_agents_to_write() -> None:
    places = Paths.of_system()
    for kept in (places.journal, places.settings, places.enrolment, places.secrets):
        assert not kept.is_relative_to(places.state)
