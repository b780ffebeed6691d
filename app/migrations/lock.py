"""The number by which processes agree on who migrates."""

MIGRATION_LOCK = 0x50414345  # "PACE"; any number that no other program takes in this database
