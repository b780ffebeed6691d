"""The history of the database: one line of revisions, each of which leaves the release before it working."""
