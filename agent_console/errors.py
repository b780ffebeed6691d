"""What can go wrong behind a page.

ConsoleError
├── DatabaseAway        the database cannot be reached: the page says so, and to try again
├── FileUnusable        the caller's: an uploaded file is no table
└── FrontEndMissing     the machine's: styles and scripts are not built
"""


class ConsoleError(Exception):
    """Anything that the console refuses; the message is for a person."""


class DatabaseAway(ConsoleError):
    """The database cannot be reached now."""


class FileUnusable(ConsoleError):
    """An uploaded file cannot be read as a table."""


class FrontEndMissing(ConsoleError):
    """Styles and scripts are not built."""
