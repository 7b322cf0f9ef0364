"""What Express takes as its scope, on a real domain."""

from agent.ldap.certificates import Endpoint
from agent.ldap.connection import connect
from agent.ldap.dn import is_below
from lab.agent_settings import settings_for
from lab.controller import Lab
from wire.secret import Secret
from wizard.checks.express_scope import express_scope


def test_express_takes_the_people_and_not_the_agents_account(clean_lab: Lab) -> None:
    lab, directory = clean_lab, settings_for(clean_lab).directory
    admin = (lab.admin_user, Secret(lab.admin_password))
    with connect(Endpoint(lab.host, lab.address, 636, lab.ca), *admin) as opened:
        chosen = express_scope(opened, directory).containers

    assert f"OU=People,{lab.base_dn}" in chosen
    assert lab.base_dn not in chosen
    assert f"CN=Users,{lab.base_dn}" not in chosen
    everybody = [person["dn"] for person in lab.people.values()]
    assert all(any(is_below(dn, each) for each in chosen) for dn in everybody)
