"""Why a condition holds for a record, or why not: every part with its verdict and the value found.

Nothing is left out once the verdict is certain: who asks wants to know all that is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from gettext import NullTranslations

from rules.conditions.catalogue import FieldCatalogue
from rules.conditions.checking import root_entity, subject_type
from rules.conditions.evaluating import Record, compare, found
from rules.conditions.messages import ENGLISH, N_, Message
from rules.conditions.moments import Circumstances
from rules.conditions.tree import AllOf, Comparison, Condition, Not
from rules.conditions.wording import Wording

MARKS = {True: "✓", False: "✗"}
INDENT = "  "
ALL_HOLD = N_("all of these must hold; {held} of {all} do")
ONE_HOLDS = N_("at least one of these must hold; {held} of {all} do")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The verdict on one condition, and on each of its parts."""

    is_held: bool
    message: Message  # what was asked, and what was found
    parts: tuple["Reason", ...] = ()

    def lines(self, translations: NullTranslations = ENGLISH, indent: str = "") -> Iterator[str]:
        """Yield the reason and its parts as lines, each with its mark."""
        yield f"{indent}{MARKS[self.is_held]} {self.message.text(translations)}"
        for part in self.parts:
            yield from part.lines(translations, indent + INDENT)


def explain(
    condition: Condition, record: Record, circumstances: Circumstances, catalogue: FieldCatalogue
) -> Reason:
    """Return the reasons for which a condition holds, or does not, for the record now.

    The condition has passed `checking`; its verdict is that of `holds`.
    """
    return _Explainer(record, circumstances, catalogue).reason(condition)


class _Explainer:
    def __init__(self, record: Record, circumstances: Circumstances, catalogue: FieldCatalogue) -> None:
        self._record = record
        self._circumstances = circumstances
        self._catalogue = catalogue
        self._entity = root_entity(catalogue)
        self._wording = Wording(catalogue, circumstances.zone)

    def reason(self, condition: Condition) -> Reason:
        """Return the verdict on a condition, with those on its parts."""
        match condition:
            case Comparison():
                return self._compared(condition)
            case Not():
                part = self.reason(condition.part)
                message = Message(template=N_("this must not hold"))
                return Reason(is_held=not part.is_held, message=message, parts=(part,))
        parts = tuple(map(self.reason, condition.parts))
        held = sum(part.is_held for part in parts)
        is_all = isinstance(condition, AllOf)
        message = Message(
            template=ALL_HOLD if is_all else ONE_HOLDS, values={"held": str(held), "all": str(len(parts))}
        )
        return Reason(is_held=held == len(parts) if is_all else held > 0, message=message, parts=parts)

    def _compared(self, comparison: Comparison) -> Reason:
        value = found(comparison.subject, self._record, self._circumstances)
        kind = subject_type(comparison.subject, self._entity, self._catalogue)
        statement = self._wording.comparison(comparison, self._entity)
        message = Message(
            template=N_("{statement} (found: {value})"),
            values={"statement": statement, "value": self._wording.value(value, kind)},
        )
        return Reason(is_held=compare(comparison, value, self._circumstances), message=message)
