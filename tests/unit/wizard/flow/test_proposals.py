"""Names that are proposed."""

from wizard.flow.proposals import agent_name


def test_names_are_proposed_in_the_form_the_relay_takes() -> None:
    assert agent_name("SYNC_01.corp.test") == "sync-01"
    assert agent_name("-") == "agent"
