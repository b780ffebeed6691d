"""The dialer's memory in PostgreSQL: functions that take an open connection and never open or commit one.

Every change may be repeated: an answer that was lost on its way does not make anything happen twice.
"""

from dialer.adapters.store.abandon_history import read_campaign_memories, read_window_counter
from dialer.adapters.store.attempts import begin_attempts, end_attempts
from dialer.adapters.store.campaign_settings import decode_settings, encode_settings
from dialer.adapters.store.campaigns import (
    StoredCampaign,
    campaign_numbers,
    create_campaign,
    order_campaign_status,
    read_campaign,
    read_campaigns,
    record_campaign_statuses,
    save_campaign_settings,
)
from dialer.adapters.store.decisions import record_pacing_decisions
from dialer.adapters.store.dispositions import save_dispositions
from dialer.adapters.store.engine_runs import begin_engine_run
from dialer.adapters.store.floor import record_agent_states, sign_in_agent
from dialer.adapters.store.inbound import (
    InboundNumber,
    KnownCaller,
    find_caller,
    find_inbound_number,
    promise_callback,
    read_inbound_numbers,
    remove_inbound_number,
    save_inbound_number,
)
from dialer.adapters.store.ledger import read_ledger
from dialer.adapters.store.lists import NewLead, NewNumber, add_leads, create_list, suppress_numbers
from dialer.adapters.store.pacer_states import StoredPacerState, read_pacer_states, save_pacer_states
from dialer.adapters.store.partitions import ensure_partitions
from dialer.adapters.store.prior_evidence import PriorEvidence, read_prior_evidence
from dialer.adapters.store.reservations import (
    Reservation,
    find_zone_groups,
    reclaim_leads,
    release_leads,
    reserve_leads,
)
from dialer.adapters.store.restart import OpenAttempt, SignedInAgent, StoredState, read_stored_state

__all__ = [
    "InboundNumber",
    "KnownCaller",
    "NewLead",
    "NewNumber",
    "OpenAttempt",
    "PriorEvidence",
    "Reservation",
    "SignedInAgent",
    "StoredCampaign",
    "StoredPacerState",
    "StoredState",
    "add_leads",
    "begin_attempts",
    "begin_engine_run",
    "campaign_numbers",
    "create_campaign",
    "create_list",
    "decode_settings",
    "encode_settings",
    "end_attempts",
    "ensure_partitions",
    "find_caller",
    "find_inbound_number",
    "find_zone_groups",
    "order_campaign_status",
    "promise_callback",
    "read_campaign",
    "read_campaign_memories",
    "read_campaigns",
    "read_inbound_numbers",
    "read_ledger",
    "read_pacer_states",
    "read_prior_evidence",
    "read_stored_state",
    "read_window_counter",
    "reclaim_leads",
    "record_agent_states",
    "record_campaign_statuses",
    "record_pacing_decisions",
    "release_leads",
    "remove_inbound_number",
    "reserve_leads",
    "save_campaign_settings",
    "save_dispositions",
    "save_inbound_number",
    "save_pacer_states",
    "sign_in_agent",
    "suppress_numbers",
]
