"""Backup and restore: archive format, tables, settings files, and the two ways through them."""
