"""Which column of a file means what, and what a row says then: a party, ways to reach it, changes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crm_core.engine.errors import Problem, problem
from crm_core.engine.values import PhoneNumber
from crm_core.quality import normalising
from crm_core.quality.match_profile import folded_words

PHONES = ("phone", "mobile")
ADDRESS = ("street", "postal_code", "city", "region", "country")
PLAIN = ("kind", "birth_date", "tags", "remark", "language")
TARGETS = ("name", "first_name", "last_name", "company", "tax_id", *PHONES, "email", *ADDRESS, *PLAIN)
"""What a column may mean; "" where it means nothing to us."""

# Words of headers in five languages, folded.
WORDS: Mapping[str, str] = {
    "name": "name|full name|nazwa|nominativo|meno a priezvisko|imie i nazwisko|nome cognome",
    "first_name": "first name|firstname|given name|imie|nome|meno|vorname",
    "last_name": "last name|lastname|surname|family name|nazwisko|cognome|priezvisko|nachname",
    "company": "company|organisation|organization|firma|ragione sociale|azienda|nazwa firmy|spolocnost",
    "tax_id": "tax id|vat|vat number|nip|piva|p iva|partita iva|codice fiscale|ico|dic|ic dph",
    "phone": "phone|telephone|tel|telefon|telefono|telefonnummer|numer telefonu|phone number|telefonne cislo",
    "mobile": "mobile|cell|komorka|komorkowy|cellulare|mobil|handy|telefon komorkowy|mobilny telefon",
    "email": "email|e mail|mail|adres email|posta elettronica",
    "street": "street|address|ulica|adres|via|indirizzo|adresa|strasse",
    "postal_code": "postal code|postcode|zip|kod pocztowy|kod|cap|psc|plz",
    "city": "city|town|miasto|miejscowosc|citta|mesto|ort",
    "region": "region|state|province|wojewodztwo|provincia|regione|okres",
    "country": "country|country code|kraj|paese|nazione|krajina|stat|land",
    "birth_date": "birth date|date of birth|born|data urodzenia|data di nascita|datum narodenia",
    "tags": "tags|labels|tagi|etichette|znacky",
    "remark": "remark|remarks|note|notes|comment|uwagi|notatki|nota|poznamka",
    "kind": "kind|type|rodzaj|tipo|typ",
    "language": "language|jezyk|lingua|jazyk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What normalising made of a cell."""

    target: str
    raw: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRow:
    """What a row says."""

    party: Mapping[str, object]  # raw values of a party's fields
    points: Sequence[Mapping[str, object]]  # raw values of contact points, without the party
    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = field(default_factory=tuple)

    def phones(self) -> list[str]:
        """Its telephone numbers, E.164."""
        numbers = [point.get("phone") for point in self.points]
        return [number.e164 for number in numbers if isinstance(number, PhoneNumber)]


def guess_mapping(headers: Sequence[str]) -> list[str]:
    """What each column means, by its header; each meaning once, telephones aside.

    >>> guess_mapping(["Ragione sociale", "Telefono", "E-Mail", "Telefono", "Note interne", "X"])
    ['company', 'phone', 'email', 'phone', 'remark', '']
    """
    meanings = {word: target for target, words in WORDS.items() for word in words.split("|")}
    mapping = [""] * len(headers)
    for is_exact in (True, False):
        for place, header in enumerate(headers):
            words = folded_words(header)
            found = meanings.get(words) if is_exact else _by_parts(words, meanings)
            if found and not mapping[place] and (found in PHONES or found not in mapping):
                mapping[place] = found
    return mapping


def _by_parts(words: str, meanings: Mapping[str, str]) -> str:
    return next((meanings[word] for word in words.split() if word in meanings), "")


def prepare_row(mapping: Sequence[str], cells: Sequence[str], region: str) -> PreparedRow:
    """What a row says, normalised; `region` is the country of numbers and codes that do not name one."""
    texts: dict[str, str] = {}
    phones: list[tuple[str, str]] = []
    for target, cell in zip(mapping, cells, strict=False):
        text = cell.strip()
        if text and target in PHONES:
            phones.append((target, text))
        elif text and target:
            texts[target] = text
    changes: list[Change] = []
    values = {target: _changed(target, text, texts, region, changes) for target, text in texts.items()}
    points, problems = _points(phones, values.pop("email", ""), region, changes)
    return PreparedRow(party=_party(values), points=points, changes=changes, problems=problems)


def _changed(target: str, text: str, texts: Mapping[str, str], region: str, changes: list[Change]) -> str:
    is_firm = "company" in texts or texts.get("kind", "").lower() == "organisation"
    name = normalising.company if is_firm else normalising.person_name
    ways: Mapping[str, Callable[[str], str]] = {
        "name": name,
        "company": normalising.company,
        "first_name": normalising.person_name,
        "last_name": normalising.person_name,
        "tax_id": normalising.tax_number,
        "email": lambda mail: mail.removeprefix("mailto:").lower(),
        "street": normalising.street,
        "city": normalising.person_name,
        "country": str.upper,
        "postal_code": lambda code: normalising.postal_code(code, texts.get("country", region).upper()),
        "remark": str.strip,
    }
    value = ways.get(target, normalising.one_line)(text)
    if value != text:
        changes.append(Change(target=target, raw=text, value=value))
    return value


def _points(
    phones: Sequence[tuple[str, str]], email: str, region: str, changes: list[Change]
) -> tuple[list[dict[str, object]], list[Problem]]:
    points: dict[str, dict[str, object]] = {}
    problems: list[Problem] = []
    for target, text in phones:
        number = normalising.phone_number(text, region)
        if number is None:
            problems.append(problem(target, "expected a phone number such as +48 22 123 45 67"))
            continue
        points.setdefault(number.e164, {"kind": target, "phone": number})
        shown = normalising.shown_phone(number.e164)
        if shown != text:
            changes.append(Change(target=target, raw=text, value=shown))
    if email:
        points[email] = {"kind": "email", "email": email}
    return list(points.values()), problems


def _party(values: dict[str, str]) -> dict[str, object]:
    """A party's raw values: a person by first and last name, an organisation by its company name."""
    party: dict[str, object] = {k: v for k, v in values.items() if k not in (*ADDRESS, "company")}
    company = values.get("company", "")
    if company:
        party = {"kind": "organisation", **party, "name": company}
        people = [str(party.pop(part, "")) for part in ("first_name", "last_name")]
        people = [one for one in people if one]
        if people:
            party["remark"] = "\n".join([" ".join(people), str(party.get("remark", ""))]).strip()
    elif "name" not in party:
        party["name"] = " ".join(values[part] for part in ("first_name", "last_name") if part in values)
    address = {part: values[part] for part in ADDRESS if part in values}
    return {**party, **({"address": address} if address else {})}
