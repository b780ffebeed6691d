"""Sharing single records: what a share opens, what it does not, and how it ends."""

from datetime import UTC, datetime

import pytest

from crm_core.access.connection import Connection
from crm_core.engine.errors import RecordAbsent, UnusableValue, VerbRefused
from crm_core.engine.records import change_record, create_record, delete_record
from crm_core.engine.rights import access_record
from crm_core.engine.sharing import end_share, may_share, restore_share, share_record, shares_of
from crm_core.engine.viewer import get_viewer
from tests.integration.entity_world import connection, entity_database
from tests.integration.sample_entities import SAMPLES, make_sample_tables

__all__ = ["connection", "entity_database"]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FOLDER = SAMPLES.get("folder")
PAPER = SAMPLES.get("paper")


async def test_shared_record_is_had_with_its_parts_until_it_is_ended(connection: Connection) -> None:
    """A share to read opens record and parts, one to edit lets change them, its end closes both again."""
    await make_sample_tables(connection)
    await connection.execute("update crm.users set roles = '{agent}'")
    owner, other = await get_viewer(connection, 2, NOW), await get_viewer(connection, 3, NOW)
    folder = await create_record(connection, owner, FOLDER, {"name": "Lent"}, NOW)
    paper = await create_record(connection, owner, PAPER, {"title": "In it", "folder": folder.id}, NOW)
    with pytest.raises(RecordAbsent):
        await share_record(connection, other, FOLDER, folder.id, 4, "read", NOW)
    share_id = await share_record(connection, owner, FOLDER, folder.id, 3, "read", NOW)
    other = await get_viewer(connection, 3, NOW)
    assert (await access_record(connection, other, PAPER, paper.id)).id == paper.id
    with pytest.raises(VerbRefused):
        await change_record(connection, other, FOLDER, folder.id, {"size": 3}, NOW)
    await share_record(connection, owner, FOLDER, folder.id, 3, "edit", NOW)
    other = await get_viewer(connection, 3, NOW)
    await change_record(connection, other, FOLDER, folder.id, {"size": 3}, NOW)
    await change_record(connection, other, PAPER, paper.id, {"title": "Read"}, NOW)
    for refused in (
        delete_record(connection, other, FOLDER, folder.id, NOW),
        share_record(connection, other, FOLDER, folder.id, 4, "read", NOW),
        restore_share(connection, other, FOLDER, folder.id, share_id, NOW),
        share_record(connection, owner.seen_as(), FOLDER, folder.id, 4, "read", NOW),
    ):
        with pytest.raises(VerbRefused):
            await refused
    held, was = await shares_of(connection, folder)
    assert (held.level, held.ended_at, was.level, was.ended_at) == ("edit", None, "read", NOW)
    await end_share(connection, owner, FOLDER, folder.id, held.id, NOW)
    with pytest.raises(RecordAbsent):
        await end_share(connection, owner, FOLDER, folder.id, held.id, NOW)
    other = await get_viewer(connection, 3, NOW)
    for one in (
        access_record(connection, other, FOLDER, folder.id),
        access_record(connection, other, PAPER, paper.id),
    ):
        with pytest.raises(RecordAbsent):
            await one
    told = await connection.fetch("select kind from crm.domain_event where kind like '%share%' order by id")
    kinds = [row["kind"] for row in told]
    assert kinds == ["folder.shared", "folder.share_ended", "folder.shared", "folder.share_ended"]


async def test_undo_of_an_ended_share_gives_it_again_and_its_holder_may_give_it_back(
    connection: Connection,
) -> None:
    """What was ended by mistake is as before; who has a record need not keep it; strangers get nothing."""
    await make_sample_tables(connection)
    await connection.execute("update crm.users set roles = '{agent}'")
    owner = await get_viewer(connection, 2, NOW)
    folder = await create_record(connection, owner, FOLDER, {"name": "Lent"}, NOW)
    share_id = await share_record(connection, owner, FOLDER, folder.id, 3, "edit", NOW)
    assert await may_share(connection, owner, folder)
    await end_share(connection, owner, FOLDER, folder.id, share_id, NOW)
    await restore_share(connection, owner, FOLDER, folder.id, share_id, NOW)
    other = await get_viewer(connection, 3, NOW)
    await change_record(connection, other, FOLDER, folder.id, {"size": 9}, NOW)
    assert not await may_share(connection, other, folder)
    await end_share(connection, other, FOLDER, folder.id, (await shares_of(connection, folder))[0].id, NOW)
    assert not (await get_viewer(connection, 3, NOW)).shares
    for user_id, level in ((2, "read"), (999, "read"), (3, "own")):
        with pytest.raises(UnusableValue, match="choose a colleague"):
            await share_record(connection, owner, FOLDER, folder.id, user_id, level, NOW)
