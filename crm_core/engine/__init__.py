"""From one declaration of an entity: table, form, list, rights, audit, import and export. Not built yet."""
