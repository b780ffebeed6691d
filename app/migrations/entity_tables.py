"""SQL of what the tables of all entities have in common, for the revisions that make them.

It says how tables were made at revision 0008, and never changes: what entities get in common later, a later
revision adds. It is not made of today's declarations, of which an old revision knows nothing; a test proves
that all revisions together give what is declared.
"""

from collections.abc import Iterator, Sequence

STANDARD_COLUMNS = """
    owner_id bigint references crm.users,
    team_id bigint references crm.teams,
    agency_id bigint,
    created_at timestamptz,
    created_by_id bigint references crm.users,
    changed_at timestamptz,
    changed_by_id bigint references crm.users,
    version integer not null default 1,
    deleted_at timestamptz,
    custom jsonb not null default '{}'::jsonb
"""
STANDARD_INDEXED = ("owner_id", "team_id", "created_at")


def entity_table(
    name: str,
    columns: str,
    *,
    indexed: Sequence[str] = (),
    short_texts: Sequence[str] = (),
    long_texts: Sequence[str] = (),
    gin_columns: Sequence[str] = (),
    trigram_columns: Sequence[str] = (),
) -> Iterator[str]:
    """Statements for one table: `columns` are its own, as SQL; texts are those that the search looks in."""
    computed: dict[str, str] = {}
    if short_texts:
        computed["search_text text"] = f"crm.fold({_joined(short_texts)})"
    if short_texts or long_texts:
        words = f"crm.fold({_joined([*short_texts, *long_texts])})"
        computed["search_vector tsvector"] = f"to_tsvector('simple'::regconfig, {words})"
    kept = "".join(f", {column} generated always as ({made}) stored" for column, made in computed.items())
    yield f"create table crm.{name} (id uuid primary key, {columns}, {STANDARD_COLUMNS}{kept})"
    for column in (*STANDARD_INDEXED, *indexed):
        yield f"create index {name}_{column} on crm.{name} ({column}, id) where deleted_at is null"
    for column in (*gin_columns, *(["search_vector"] if computed else ())):
        yield f"create index {name}_{column} on crm.{name} using gin ({column})"
    for column in (*trigram_columns, *(["search_text"] if short_texts else ())):
        yield f"create index {name}_{column}_trigram on crm.{name} using gin ({column} gin_trgm_ops)"


def _joined(columns: Sequence[str]) -> str:
    return " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
