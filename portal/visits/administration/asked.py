"""What the agents ask of people, as the counts of coverage take it."""

from portal.database.coverage import Asked
from portal.services import Services


def asked_of(services: Services) -> list[Asked]:
    """Give what the first agent of each domain says; of one not heard, nothing."""
    found: dict[str, Asked] = {}
    for agent in services.agents.agents:
        domain, said = agent.exchange.address.domain, agent.said
        if said is not None and domain not in found:
            offered = said.self_service
            found[domain] = Asked(
                domain=domain,
                proofs=offered.proofs,
                kinds=offered.kinds,
                passkey_alone=offered.passkey_alone,
                confirm_days=offered.registration.confirm_days,
            )
    return list(found.values())
