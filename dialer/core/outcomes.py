"""How an attempt ended: the words of the network, of the outcome and of the reason, one enum each."""

from enum import Enum


class EndCause(Enum):
    """What the network said when the call ended; the adapter maps Asterisk's causes to these."""

    NORMAL = "normal"  # somebody hung up
    NO_ANSWER = "no_answer"  # rang until the ring timeout
    BUSY = "busy"  # the called party is on another call
    CONGESTION = "congestion"  # the carrier had no way through
    INVALID_NUMBER = "invalid_number"  # the number does not exist
    REJECTED = "rejected"  # the called party, or a screen in front of it, declined
    FAILED = "failed"  # anything else


class Outcome(Enum):
    """What the network and the detector saw; one per attempt, set by the engine."""

    NO_ANSWER = "no_answer"  # nobody answered
    BUSY = "busy"  # engaged
    CONGESTION = "congestion"  # the carrier had no way through
    INVALID_NUMBER = "invalid_number"  # the number does not exist
    REJECTED = "rejected"  # declined
    MACHINE = "machine"  # an answering machine
    FAX = "fax"  # a fax or modem tone
    LIVE = "live"  # a person (or not known to be a machine, which counts as a person)
    FAILED = "failed"  # the attempt could not be carried out


class EndReason(Enum):
    """Why an attempt ended, one per attempt; `Outcome` says what was reached, this says who ended it."""

    NOT_ANSWERED = "not_answered"  # the network ended it before an answer
    CLIENT_HUNG_UP = "client_hung_up"  # the called party left
    AGENT_HUNG_UP = "agent_hung_up"  # the agent ended the call
    ABANDONED = "abandoned"  # no agent within the limit: message played, then hung up
    MACHINE_HUNG_UP = "machine_hung_up"  # a machine, and the campaign's action is to hang up
    MESSAGE_LEFT = "message_left"  # the message (voicemail or broadcast) was played
    CAMPAIGN_STOPPED = "campaign_stopped"  # the campaign was stopped while the line rang
    AGENT_GONE = "agent_gone"  # the agent who dialed by hand was gone before the answer
    DIAL_FAILED = "dial_failed"  # the command to dial was refused
    SILENT_NETWORK = "silent_network"  # nothing was heard of it until its last deadline
    NODE_LOST = "node_lost"  # its Asterisk was gone, and did not know it any more
    TRANSFERRED = "transferred"  # handed to a third party, and ended there
    OVERFLOW = "overflow"  # a caller, or a client handed on, waited as long as the campaign lets him
    CALLBACK_PROMISED = "callback_promised"  # a caller asked to be called back, and was thanked


UNANSWERED_OUTCOMES = {
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.BUSY: Outcome.BUSY,
    EndCause.CONGESTION: Outcome.CONGESTION,
    EndCause.INVALID_NUMBER: Outcome.INVALID_NUMBER,
    EndCause.REJECTED: Outcome.REJECTED,
    EndCause.FAILED: Outcome.FAILED,
    # A hang-up before an answer is one that we ordered (the ring deadline): nobody answered.
    EndCause.NORMAL: Outcome.NO_ANSWER,
}
"""Outcome of an attempt that was never answered, by the network's cause."""
