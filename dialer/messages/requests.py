"""What other processes ask of the engine process; the answer is `Accepted` or a refusal with its reason."""

from dataclasses import dataclass
from enum import Enum

from dialer.messages.identifiers import AgentId, AttemptId, CampaignId, LeadId


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """It is done, or will be; what comes of it is told as messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequested:
    """Give the floor as it is: the answer is a `FloorSnapshot`. Asked after a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChanged:
    """Settings or wanted status of a campaign were changed in the database: read them again."""

    campaign_id: CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsWithdrawn:
    """Leads must not be dialed any more; the database says so already."""

    campaign_id: CampaignId
    lead_ids: tuple[LeadId, ...]
    reason: str  # for the record and for people


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersSuppressed:
    """Numbers were put on the do-not-call list; the database says so already."""

    e164s: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequested:
    """An agent wants to work: his telephone is called, and he is signed in when it is up."""

    agent_id: AgentId
    campaign_ids: tuple[CampaignId, ...]
    endpoint: str  # name of his telephone in Asterisk's configuration
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutRequested:
    """An agent goes home; a client he talks to is offered on."""

    agent_id: AgentId


class RecordingWish(Enum):
    """What an agent wants of the recording of his talk."""

    PAUSE = "pause"  # silence from now on, as for card data
    RESUME = "resume"  # sound again
    CONSENT_GIVEN = "consent_given"  # the client agreed: record from now on, where the campaign waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAsked:
    """An agent wants something of the recording of his talk; where nothing is recorded, nothing happens."""

    attempt_id: AttemptId
    agent_id: AgentId
    wish: RecordingWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something a person must see to."""

    name: str  # which alarm, a stable word
    is_on: bool  # False: it is over
    text: str  # what was expected, what is the case, what to do; nothing personal
