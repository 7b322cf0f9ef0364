"""A grant on the real controller, put there and taken back."""

from agent.acl.descriptor import add_ace, has_ace, remove_ace
from agent.acl.rights import Right
from lab.controller import Lab
from tests.integration.agent.access_bench import bench_on
from wizard.permissions.grant import grant_ace


def test_a_grant_is_stored_as_written_and_taken_back_exactly(fresh_lab: Lab) -> None:
    with bench_on(fresh_lab) as bench:
        grant = grant_ace(Right.RESET_PASSWORD, bench.who.agent)
        dn = bench.targets[0].dn
        before = bench.stored(dn)
        bench.write(dn, add_ace(before, grant))
        granted = bench.stored(dn)
        assert has_ace(granted, grant)

        bench.write(dn, remove_ace(granted, grant))

        assert bench.stored(dn) == before
        assert bench.stored(dn).to_bytes() == before.to_bytes()
