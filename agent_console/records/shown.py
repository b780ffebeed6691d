"""Values of fields as pages show them: a text and, where it leads somewhere, a path; never HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

from agent_console.catalogues import catalogues
from agent_console.rendering import moment
from crm_core.engine.field import Field
from crm_core.engine.text_fields import Choice, Url
from crm_core.engine.values import MoneyAmount, PhoneNumber, PostalAddress, StoredFile

ADDRESS_PARTS = ("street", "postal_code", "city", "region", "country")
TEXT_LENGTH_MAX = 120  # in a list; the whole stands on the record's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A value as it is shown."""

    text: str | Markup = ""  # "" where there is none
    path: str = ""  # where it leads, if anywhere
    tags: tuple[str, ...] = ()  # in place of the text
    is_outside: bool = False  # the path leads to another site


def shown(
    field: Field, value: object, locale: str, names: Mapping[object, str], *, is_short: bool = False
) -> Shown:
    """One value; `names` says what people and records are called that values point at."""
    if value is None:
        return Shown()
    translate = catalogues()[locale].gettext
    match value:
        case bool():
            return Shown(text=translate("yes") if value else translate("no"))
        case datetime():
            return Shown(text=moment(value, locale))
        case date():
            return Shown(text=format_date(value, "medium", locale=Locale.parse(locale)))
        case MoneyAmount():
            return Shown(text=format_currency(value.amount, value.currency, locale=Locale.parse(locale)))
        case Decimal():
            return Shown(text=format_decimal(value, locale=Locale.parse(locale)))
        case PhoneNumber():
            return Shown(text=value.e164, path=f"tel:{value.e164}")
        case PostalAddress():
            parts = [getattr(value, part) for part in ADDRESS_PARTS]
            return Shown(text=", ".join(part for part in parts if part))
        case StoredFile():
            return Shown(text=value.name)
        case list() if field.widget == "tags":
            return Shown(tags=tuple(str(one) for one in value))
        case list():
            return Shown(tags=tuple(names.get(one, "?") for one in value))
    return _shown_text(field, value, locale, names, is_short=is_short)


def _shown_text(
    field: Field, value: object, locale: str, names: Mapping[object, str], *, is_short: bool
) -> Shown:
    if field.widget in ("link", "person", "team"):
        to = getattr(field, "to", "")
        return Shown(
            text=names.get(value, "?"), path=f"/records/{to}/{value}" if to and value in names else ""
        )
    if isinstance(field, Choice):
        return Shown(text=catalogues()[locale].gettext(field.choices.get(str(value), str(value))))
    text = field.to_text(value)
    if isinstance(field, Url):
        return Shown(text=text, path=text, is_outside=True)
    if field.widget == "email":
        return Shown(text=text, path=f"mailto:{text}")
    if is_short and len(text) > TEXT_LENGTH_MAX:
        text = f"{text[:TEXT_LENGTH_MAX]}…"
    return Shown(text=text)
