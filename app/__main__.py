"""Start of the program: `paceline` and `python -m app` are the same thing."""

from app.command_line import paceline


def main() -> None:
    """Run the command line."""
    paceline()


if __name__ == "__main__":
    main()
