"""All field kinds, by the names that declarations use."""

from crm_core.engine.contact_fields import Address, File, Phone
from crm_core.engine.field import Field, Lookup
from crm_core.engine.number_fields import Boolean, Duration, Money, Number
from crm_core.engine.reference_fields import Computed, Link, Links, Person, Team
from crm_core.engine.text_fields import Choice, Email, LongText, Secret, Tags, Text, Url
from crm_core.engine.time_fields import Date, DateTime, Time

__all__ = [
    "Address",
    "Boolean",
    "Choice",
    "Computed",
    "Date",
    "DateTime",
    "Duration",
    "Email",
    "Field",
    "File",
    "Link",
    "Links",
    "LongText",
    "Lookup",
    "Money",
    "Number",
    "Person",
    "Phone",
    "Secret",
    "Tags",
    "Team",
    "Text",
    "Time",
    "Url",
]
