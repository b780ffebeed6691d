"""Tables of entities: what migrations made is what declarations say; folding is the same everywhere."""

import asyncpg
import pytest

import app.entities  # noqa: F401 - declaring is all that it does
from app.embedded_postgres import EmbeddedPostgres
from crm_core.access.connection import Connection
from crm_core.engine.declaration import REGISTRY
from crm_core.engine.tables import create_statements, entity_tables
from rules.conditions.folding import fold, fold_sql
from tests.integration.conftest import execute
from tests.integration.entity_world import connection, entity_database

__all__ = ["connection", "entity_database"]

DESCRIPTIONS = """
    select 'column ' || a.attrelid::regclass || '.' || a.attname || ' '
        || format_type(a.atttypid, a.atttypmod)
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' = ' || pg_get_expr(d.adbin, d.adrelid), '')
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = any ($1::text[]::regclass[]) and a.attnum > 0 and not a.attisdropped
    union all select 'index ' || pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any ($1::text[]::regclass[])
    union all select 'constraint ' || conrelid::regclass || ' '
        || pg_get_constraintdef(oid)
    from pg_constraint     where conrelid = any ($1::text[]::regclass[])
    order by 1
"""


async def descriptions(url: str) -> list[str]:
    """Columns, indexes and constraints of all entities' tables in a database."""
    connection = await asyncpg.connect(url)
    try:
        tables = [f"crm.{table.name}" for table in entity_tables(REGISTRY.metadata)]
        return [str(row[0]) for row in await connection.fetch(DESCRIPTIONS, tables)]
    finally:
        await connection.close()


async def test_tables_of_migrations_are_those_of_declarations(
    database_server: EmbeddedPostgres, database_url: str
) -> None:
    """Columns, types, defaults, generated texts, indexes and keys are the same, to the letter."""
    REGISTRY.check()
    assert {entity.name for entity in REGISTRY} >= {"party", "task"}
    await execute(database_server.url("postgres"), "create database declared_entities")
    declared = database_server.url("declared_entities")
    people = "create table crm.users (id bigint primary key); create table crm.teams (id bigint primary key)"
    fold_function = (
        "create function crm.fold(text) returns text language sql immutable strict parallel safe as $body$ "
        f"select {fold_sql('$1')} $body$"
    )
    for statement in ("create schema crm", "create extension pg_trgm", people, fold_function):
        await execute(declared, statement)
    for statement in create_statements(entity_tables(REGISTRY.metadata)):
        await execute(declared, statement)
    assert await descriptions(declared) == await descriptions(database_url)


@pytest.mark.parametrize("text", ["", "Łódź Straße", "Ærø", "ΣΊΣΥΦΟΣ", "Ёлка", "plain"])
async def test_folding_in_the_database_is_folding_in_python(connection: Connection, text: str) -> None:
    """What is typed is folded in Python, what is kept in the database: they must meet."""
    assert await connection.fetchval("select crm.fold($1)", text) == fold(text)
