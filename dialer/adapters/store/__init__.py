"""The dialer's memory in PostgreSQL: functions that take an open connection and never open or commit one.

Every change may be repeated: an answer that was lost on its way does not make anything happen twice.
"""

from dialer.adapters.store.attempts import begin_attempts, end_attempts
from dialer.adapters.store.campaigns import campaign_numbers, create_campaign, record_campaign_statuses
from dialer.adapters.store.decisions import record_pacing_decisions
from dialer.adapters.store.dispositions import save_dispositions
from dialer.adapters.store.floor import record_agent_states, sign_in_agent
from dialer.adapters.store.ledger import read_ledger
from dialer.adapters.store.lists import NewLead, NewNumber, add_leads, create_list, suppress_numbers
from dialer.adapters.store.partitions import ensure_partitions
from dialer.adapters.store.reservations import (
    Reservation,
    find_zone_groups,
    reclaim_leads,
    release_leads,
    reserve_leads,
)
from dialer.adapters.store.restart import OpenAttempt, SignedInAgent, StoredState, read_stored_state

__all__ = [
    "NewLead",
    "NewNumber",
    "OpenAttempt",
    "Reservation",
    "SignedInAgent",
    "StoredState",
    "add_leads",
    "begin_attempts",
    "campaign_numbers",
    "create_campaign",
    "create_list",
    "end_attempts",
    "ensure_partitions",
    "find_zone_groups",
    "read_ledger",
    "read_stored_state",
    "reclaim_leads",
    "record_agent_states",
    "record_campaign_statuses",
    "record_pacing_decisions",
    "release_leads",
    "reserve_leads",
    "save_dispositions",
    "sign_in_agent",
    "suppress_numbers",
]
