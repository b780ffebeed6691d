"""What can go wrong in the dialer's adapters, by whose fault it is.

AdapterError
├── StatementError     ours: queries.sql is not written as the loader expects
├── SettingsUnusable   the caller's: settings of a campaign cannot be used as they are stored or given
├── ListFileUnusable   the caller's: a file cannot be read as a list (in `list_import`)
├── UnknownCampaigns   the caller's: a campaign is named that the database does not have
├── UnknownLead        the caller's: a lead is named that the database does not have
├── UnknownList        the caller's: a list is named that the database does not have
├── WireError          the other process's, or ours: a message does not fit its class (also a `BusError`)
├── StoreLost          the world's: the database went away in a transaction; it may be done or undone
├── SealingKeyUnusable the caller's: a key file is not there, open to others, or no key
├── SealBroken         the world's: a sealed recording is not as it was written, or its key is missing
└── AmiError           what Asterisk's manager interface did not do
    ├── AmiLost        the world's: not connected, or no answer in time; it may be done or not
    ├── AmiRefused     Asterisk's: it said no, and why
    └── AmiValueUnsafe ours: an order that is never sent, or a value that would leave its line
"""

from dialer.messages.event_bus import BusError


class AdapterError(Exception):
    """Anything that an adapter refuses."""


class StatementError(AdapterError):
    """`queries.sql` is not as expected; the message names statement and line."""


class SettingsUnusable(AdapterError):
    """Settings of a campaign cannot be used; the message names field, what was expected and what came."""


class UnknownCampaigns(AdapterError):
    """Campaigns are named that the database does not have; the message names them."""


class UnknownLead(AdapterError):
    """A lead is named that the database does not have."""


class UnknownList(AdapterError):
    """A list is named that the database does not have."""


class StoreLost(AdapterError):
    """The database went away; what the transaction did may be there or not, so it is to be repeated."""


class WireError(AdapterError, BusError):
    """Bytes are no message, or a message cannot be said in bytes; the text says what was expected."""


class SealingKeyUnusable(AdapterError):
    """A key file cannot be used; the message says why and what to do, and never holds the key."""


class SealBroken(AdapterError):
    """A sealed recording cannot be opened; the message says where it broke."""


class AmiError(AdapterError):
    """Asterisk's manager interface did not do what it was asked."""


class AmiLost(AmiError):
    """There is no connection, or no answer came in time; nothing is sent again."""


class AmiRefused(AmiError):
    """Asterisk refused; the message ends with its reason."""


class AmiValueUnsafe(AmiError):
    """An order that is never sent, or a value with a control character; nothing was sent."""
