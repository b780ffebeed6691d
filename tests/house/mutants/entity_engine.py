"""Faults in the entity engine: rows and fields that leave by a door which another keeps shut."""

from tests.house.mutants.mutant import Mutant

RIGHTS = "tests/integration/test_entity_rights.py"
DOORS = f"{RIGHTS}::test_every_door_shows_any_viewer_what_the_oracle_says"
FIELDS = f"{RIGHTS}::test_hidden_field_leaves_through_no_door"
SHARING = "tests/integration/test_entity_sharing.py"
SEARCH = "tests/integration/test_entity_search.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in the engine."""
    return Mutant(
        name=f"entities: {name}", catches=catches, path=f"crm_core/engine/{path}", before=before, after=after
    )


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "search shows what lists hide",
        DOORS,
        "searching.py",
        "entity.table.c.deleted_at.is_(None), visible_to(viewer, entity))",
        "entity.table.c.deleted_at.is_(None))",
    ),
    fault(
        "exports take what may only be read",
        DOORS,
        "exporting.py",
        "            verb=Verb.EXPORT,\n",
        "            verb=Verb.READ,\n",
    ),
    fault(
        "a team's right reaches everybody",
        DOORS,
        "rights.py",
        "return or_(own, is_any_of(columns.team_id, sorted(principal.team_ids), BigInteger()))",
        "return true()",
    ),
    fault(
        "whoever may read a shared record may edit it",
        DOORS,
        "rights.py",
        "(one.may_edit or verb is not Verb.EDIT)",
        "one.record_id",
    ),
    fault(
        "a shared record stands in lists and opens for nobody",
        DOORS,
        "listing.py",
        "visible_to(viewer, entity, verb),",
        "visible_to(viewer, entity, verb, with_shares=False),",
    ),
    fault(
        "who was given a record gives it on",
        f"{SHARING}::test_shared_record_is_had_with_its_parts_until_it_is_ended",
        "sharing.py",
        "visible_to(viewer, record.entity, Verb.EDIT, with_shares=False)",
        "visible_to(viewer, record.entity, Verb.EDIT)",
    ),
    fault(
        "a share that was ended still opens the record",
        f"{SHARING}::test_shared_record_is_had_with_its_parts_until_it_is_ended",
        "viewer.py",
        "        where user_id = $1 and ended_at is null order by id",
        "        where user_id = $1 order by id",
    ),
    fault(
        "a delegation that was ended still holds",
        "tests/integration/test_delegations.py"
        "::test_delegation_holds_from_its_beginning_to_its_end_or_until_it_is_ended",
        "viewer.py",
        "d.ends_at > $2 and d.ended_at is null\n",
        "d.ends_at > $2\n",
    ),
    fault(
        "what was changed about the reach of a role is forgotten",
        DOORS,
        "rights.py",
        "viewer.role_scopes.get((role, entity.name, verb), entity.rights.scope(role, verb))",
        "entity.rights.scope(role, verb)",
    ),
    fault(
        "a field taken from a role is still seen",
        FIELDS,
        "rights.py",
        "viewer.role_masks.get((role, entity.name, field.name), not field.seen_by or role in field.seen_by)",
        "(not field.seen_by or role in field.seen_by)",
    ),
    fault(
        "search looks in hidden fields",
        FIELDS,
        "searching.py",
        "if field.search and may_see(viewer, entity, field)]",
        "if field.search]",
    ),
    fault(
        "a computed field tells of a hidden one",
        FIELDS,
        "rights.py",
        "return all(may_see(viewer, entity, entity.fields[name]) for name in field.of)",
        "return True",
    ),
    fault(
        "filters tell of hidden fields",
        FIELDS,
        "listing.py",
        "one.field not in entity.filters or not may_see(viewer, entity, field):",
        "one.field not in entity.filters:",
    ),
    fault(
        "a link tells whether a hidden record exists",
        f"{RIGHTS}::test_link_to_a_record_one_may_not_see_is_refused_like_an_absent_one",
        "cleaning.py",
        "table.c.deleted_at.is_(None), visible_to(viewer, entity)\n",
        "table.c.deleted_at.is_(None)\n",
    ),
    fault(
        "events of slow transactions are passed over",
        "tests/integration/test_entity_events.py::test_event_of_a_slower_transaction_is_not_skipped",
        "events.py",
        "        and e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())\n",
        "",
    ),
    fault(
        "an undo takes away what somebody changed since",
        "tests/integration/test_entity_events.py::test_undo_gives_back_what_was_not_changed_since",
        "bulk_changes.py",
        'if row["version"] != change["version"]:',
        'if row["version"] is None:',
    ),
    fault(
        "a stale edit is written over",
        "tests/integration/test_entity_records.py::test_stale_edit_tells_what_somebody_else_changed",
        "records.py",
        'if version is not None and version != row["version"]:',
        "if version == -1:",
    ),
    fault(
        "a page begins again with its last row",
        "tests/integration/test_entity_records.py::test_pages_go_both_ways_and_do_not_shift_under_inserts",
        "listing.py",
        "row > there if is_rising else row < there",
        "row >= there if is_rising else row <= there",
    ),
    fault(
        "search reads a table whole",
        f"{SEARCH}::test_search_of_any_entity_reads_no_table_whole",
        "phone_search.py",
        'from_the_end(column).like(f"{digits[::-1]}%")',
        '(column + "").like(f"%{digits}")',
    ),
    fault(
        "search for a number tells of hidden ones",
        f"{SEARCH}::test_hidden_number_of_a_part_does_not_betray_the_whole",
        "searching.py",
        "phones_of(_seen(viewer, part))",
        "phones_of(part.fields.values())",
    ),
    fault(
        "search brings what only a hidden field holds",
        f"{SEARCH}::test_field_hidden_by_exception_is_not_looked_in",
        "search_stages.py",
        "[] if is_whole else [_each_word_in(entity, together, words)]",
        "[]",
    ),
    fault(
        "what sounds nearly so is among what is spelled so",
        f"{SEARCH}::test_slips_count_only_where_nothing_is_spelled_so",
        "search_stages.py",
        "nearest_to=nearest_to, is_last_resort=True)",
        "nearest_to=nearest_to)",
    ),
    Mutant(
        name="entity engine: whoever knows a saved view changes it",
        catches="tests/integration/test_entity_facets.py"
        "::test_saved_view_is_renamed_deleted_and_given_back_by_its_owner_only",
        path="crm_core/engine/saved_views.py",
        before="where id = $1 and user_id = $2 and entity = $3",
        after="where id = $1 and $2::bigint > 0 and entity = $3",
    ),
    Mutant(
        name="entity engine: timelines show contacts of anybody",
        catches="tests/integration/test_entity_facets.py"
        "::test_timeline_holds_what_links_to_a_record_and_those_under_it_as_far_as_one_may_see",
        path="crm_core/engine/facets.py",
        before="            visible_to(viewer, other),\n            *([at <",
        after="            *([at <",
    ),
)
