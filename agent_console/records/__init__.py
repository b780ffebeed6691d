"""Pages of every entity that is declared: list, one record, form."""
