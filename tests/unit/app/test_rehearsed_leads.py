"""The leads of a rehearsal: what the program knows of them beside the database."""

from app.rehearsed_leads import LEADS_MAX, RehearsedLeads
from dialer.core.commands import Dial
from dialer.core.events import LeadWithdrawn
from dialer.messages import AttemptId, CampaignId, LeadId, NodeId, TrunkId
from simulations.faults import NO_FAULTS, parse_faults
from simulations.scenarios import get_scenario
from simulations.virtual_world import VirtualWorld


def leads_of(agents: int) -> tuple[VirtualWorld, RehearsedLeads]:
    """A world whose leads are in a database that nobody has filled yet."""
    world = VirtualWorld(
        get_scenario("medium"),
        method="predictive",
        agents=agents,
        hours=8.0,
        seed=1,
        faults=parse_faults(NO_FAULTS),
        lead_source=RehearsedLeads,
    )
    assert isinstance(world.leads, RehearsedLeads)
    return world, world.leads


def test_list_too_long_to_be_loaded_is_cut_and_its_wish_is_known() -> None:
    """Nobody waits minutes for a demo, and the command can say that the list was cut."""
    _, leads = leads_of(agents=1000)
    assert leads.leads_wanted > LEADS_MAX
    assert [lead_list.size for lead_list, _ in leads.given] == [LEADS_MAX]
    _, small = leads_of(agents=2)
    assert [lead_list.size for lead_list, _ in small.given] == [small.leads_wanted]


def test_person_who_objects_is_one_being_dialed() -> None:
    """Nobody objects to a call that he does not get."""
    world, leads = leads_of(agents=2)
    sales = CampaignId("sales")
    leads.withdraw_one(sales)
    assert not world.inbox
    _, parties = leads.given[0]
    leads.people[LeadId(5)] = (parties, 0)
    dial = Dial(
        attempt_id=AttemptId("p1-1"),
        campaign_id=sales,
        lead_id=LeadId(5),
        e164="+99900000000",
        number_index=0,
        trunk_id=TrunkId("trunk-1"),
        node_id=NodeId("node-1"),
        caller_id_number="+99990000000",
        ring_timeout_seconds=20.0,
    )
    assert leads.begin_attempt(dial) == (parties, 0, 1)
    leads.withdraw_one(sales)
    assert list(world.inbox) == [LeadWithdrawn(campaign_id=sales, lead_id=LeadId(5), reason="objection")]
