"""Read a file a second time with pyst2's parser: two readers that agree are one less thing to trust.

pyst2 knows no escaped `;`, so such lines are left to our own parser alone.
"""

from asterisk.config import Config, ParseError

from asterisk_config.config_file import Section


class TextConfig(Config):  # type: ignore[misc]  # pyst2 ships no types
    """pyst2's parser over a text instead of a file, which it would leave open."""

    def __init__(self, text: str) -> None:
        self._text = text
        super().__init__("text")

    def load(self) -> None:
        """Hand over the lines, without those that pyst2 is known to read wrongly."""
        self.raw_lines = ["" if "\\;" in line else line for line in self._text.split("\n")]


def differing_line(text: str, sections: tuple[Section, ...]) -> int | None:
    """Line where pyst2 reads something else than we did; None where both agree."""
    escaped = {number for number, line in enumerate(text.split("\n"), start=1) if "\\;" in line}
    ours = {
        (item.line, section.name, item.name, item.value)
        for section in sections
        for item in section.items
        if item.line not in escaped
    }
    try:
        theirs = {
            (int(item.number), str(category.name), str(item.name), str(item.value).strip())
            for category in TextConfig(text).categories
            for item in category.items
        }
    except ParseError as error:
        return int(error.args[0])
    return min((line for line, *_ in ours ^ theirs), default=None)
