"""The JSON interface to records of every entity, for programs; its own document says what it can do."""
