"""What a browser calls itself, in two words, so that a person knows his own sessions again."""

# The first that fits counts: nearly every browser also calls itself Safari, and many Chrome.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
UNKNOWN_LENGTH_MAX = 40


def browser_name(user_agent: str) -> str:
    """Browser and system, or the beginning of what is said where neither is known.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
    'Chrome, Linux'
    """
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    return ", ".join(name for name in (browser, system) if name) or user_agent[:UNKNOWN_LENGTH_MAX] or "?"
