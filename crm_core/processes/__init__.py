"""Verbs that touch several CRM areas in one transaction. Not built yet."""
