"""What can go wrong behind a page.

ConsoleError
├── DatabaseAway        the database cannot be reached: the page says so, and to try again
└── FrontEndMissing     the machine's: styles and scripts are not built
"""


class ConsoleError(Exception):
    """Anything that the console refuses; the message is for a person."""


class DatabaseAway(ConsoleError):
    """The database cannot be reached now."""


class FrontEndMissing(ConsoleError):
    """Styles and scripts are not built."""
