"""A whole call centre for tests: real Asterisk, carrier with people, agents' phones, database, bus, engine.

Everything is real and in a process of its own; the test plays the agents' browsers over the bus.
"""

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from app.database import prepare_database
from app.embedded_postgres import EmbeddedPostgres
from app.lab_agents import LabAgents
from app.nats_server import NatsServer
from app.settings import BusSettings, DatabaseSettings
from app.unit_of_work import UnitOfWork, open_pool
from asterisk_config.lab.laboratory import new_secret
from asterisk_config.lab.network import free_ports
from asterisk_config.lab.population_words import AnyPopulation
from asterisk_config.lab.program import AsteriskProgram
from asterisk_config.lab.sip_laboratory import SipLaboratory, prepare_sip_laboratory
from asterisk_config.settings import OutboundWebsocket
from asterisk_config.settings_file import write_settings
from dialer.adapters import store
from dialer.adapters.errors import StoreLost
from dialer.adapters.nats_bus import NatsBus
from dialer.adapters.store import NewLead, NewNumber
from dialer.core.agent_session import AgentState
from dialer.core.events import CampaignStatus
from dialer.core.settings import CampaignSettings
from dialer.messages import (
    AgentId,
    CampaignChanged,
    CampaignId,
    FloorRequested,
    FloorSnapshot,
    NobodyAnswered,
    TrunkId,
)
from dialer.messages.subjects import ENGINE_REQUESTS
from rules.policy_packs import get_policy_pack
from tests.integration.real_time import wait_until
from tests.integration.server_folder import server_folder, small_disk

SECONDS_MAX = 15.0
CAMPAIGN = CampaignId("spring")
TRUNK = TrunkId("carrier")
AREA = "+999555"  # a country code that is nobody's
SALE = "sale"
BALLAST_STEP_BYTES, BALLAST_STEP_BYTES_MIN = 1 << 26, 1 << 12
ASK_SECONDS_MAX = 4.0
DECISIONS = "select * from dialer.pacing_decisions order by decided_at desc limit 3"
SMALL_DISK_BYTES = 2_000_000_000


@dataclass(slots=True, kw_only=True)
class CallCentre:
    """The parts that run, and how to ask and to hurt them."""

    root: Path
    lab: SipLaboratory
    database: EmbeddedPostgres
    database_folder: Path
    nats: NatsServer
    url: str  # of the database
    engine: "subprocess.Popen[bytes] | None" = None
    engine_starts: int = 0
    _environment: dict[str, str] = field(default_factory=dict)

    def start_engine(self) -> None:
        """Start the engine process."""
        self.engine_starts += 1
        with (self.root / f"engine-{self.engine_starts}.log").open("wb") as log:
            self.engine = subprocess.Popen(
                [sys.executable, "-m", "app", "engine"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
            )

    def kill_engine(self) -> None:
        """End the engine at once, as a crash would."""
        assert self.engine is not None
        self.engine.send_signal(signal.SIGKILL)
        self.engine.wait()

    def stop_engine(self) -> None:
        """Ask the engine to end."""
        if self.engine is not None and self.engine.poll() is None:
            self.engine.send_signal(signal.SIGCONT)
            self.engine.terminate()
            try:
                self.engine.wait(SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.engine.kill()
                self.engine.wait()

    def freeze_database(self) -> None:
        """Let nothing of the database move."""
        for process_id in _family(self.database.process_id):
            os.kill(process_id, signal.SIGSTOP)

    def thaw_database(self) -> None:
        """Let it go on."""
        for process_id in _family(self.database.process_id):
            os.kill(process_id, signal.SIGCONT)

    def kill_database(self) -> None:
        """End the database at once, as a crash would."""
        os.kill(self.database.process_id, signal.SIGKILL)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Leave the database's disk not one free block; the space is given back at the end, come what may."""
        disk = os.statvfs(self.database_folder)
        assert disk.f_blocks * disk.f_frsize < SMALL_DISK_BYTES, "only a disk of its own may be filled"
        ballast = self.database_folder / "ballast"
        try:
            _fill(ballast)
            yield
        finally:
            ballast.unlink()

    def restart_database(self) -> None:
        """Start it again where it was."""
        self.database.stop()
        self.database.start()

    def engine_log(self) -> str:
        """What the engines have written."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.root.glob("engine-*.log")))


def _fill(ballast: Path) -> None:
    """Take every free block, also of a disk that somebody else writes to meanwhile."""
    size, step = 0, BALLAST_STEP_BYTES
    with ballast.open("wb", buffering=0) as file:
        while step >= BALLAST_STEP_BYTES_MIN:
            try:
                os.posix_fallocate(file.fileno(), size, step)
                size += step
            except OSError as refused:
                if refused.errno != errno.ENOSPC:
                    raise
                step //= 2


def _family(process_id: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    return [process_id, *map(int, children)]


@contextmanager
def call_centre(
    root: Path,
    program: AsteriskProgram,
    *,
    agents: int,
    population: AnyPopulation | None = None,
    calls_per_second_max: float = 100.0,
    disk_bytes_max: int | None = None,
) -> Iterator[CallCentre]:
    """A call centre whose engine is not started yet; to be called in the main thread, in its network."""
    port, database_port = free_ports(2, kind=socket.SOCK_STREAM)
    outbound = OutboundWebsocket(uri=f"ws://127.0.0.1:{port}/ari", user_name="dialer", password=new_secret())
    lab = prepare_sip_laboratory(
        root / "lab", program, agents=agents, population=population, outbound=outbound
    )
    settings_path = root / "asterisk.toml"
    trunks = tuple(
        replace(trunk, calls_per_second_max=calls_per_second_max) for trunk in lab.dialer_settings.trunks
    )
    write_settings(settings_path, replace(lab.dialer_settings, trunks=trunks))
    disk = server_folder() if disk_bytes_max is None else small_disk(disk_bytes_max)
    with disk as folder, server_folder() as bus_folder:
        database = EmbeddedPostgres(DatabaseSettings(folder=folder, port=database_port))
        nats = NatsServer(BusSettings(folder=bus_folder, port=0))
        try:
            database.start()
            url = database.url("postgres")
            asyncio.run(prepare_database(url))
            nats.start()
            lab.start()
            lab.telephones.wait_until_registered()
            centre = CallCentre(
                root=root, lab=lab, database=database, database_folder=folder, nats=nats, url=url
            )
            centre._environment = {
                "DATABASE_URL": url,
                "NATS_URL": nats.url,
                "PACELINE_ASTERISK": str(settings_path),
                "PACELINE_HOME": str(root / "home"),
                "PACELINE_METRICS_PORT": "0",
            }
            try:
                yield centre
            finally:
                centre.stop_engine()
        finally:
            lab.stop()
            nats.stop()
            database.stop()


def zone_at_noon() -> str:
    """A time zone in which it is about noon now, so that calling hours are open whenever the test runs."""
    hours_to_noon = 12 - datetime.now(UTC).hour
    # POSIX's sign: Etc/GMT-3 is three hours ahead of Greenwich.
    return "Etc/GMT" if hours_to_noon == 0 else f"Etc/GMT{-hours_to_noon:+d}"


class Floor:
    """What the agents, the manager and the auditor of a call centre do."""

    def __init__(self, centre: CallCentre, bus: NatsBus, unit_of_work: UnitOfWork) -> None:
        """Take the parts."""
        self.centre = centre
        self.bus = bus
        self.unit_of_work = unit_of_work
        self.agents = LabAgents(bus, wrap_up_seconds=0.3, disposition=SALE)

    async def campaign(self, numbers: Sequence[str], *, status: CampaignStatus, **wishes: object) -> None:
        """Make the campaign with a lead for each number, and order its status."""
        now = datetime.now(UTC)
        settings = CampaignSettings(
            campaign_id=CAMPAIGN,
            trunk_ids=(TRUNK,),
            caller_id_number="+999000",
            policy_pack=get_policy_pack("us_federal"),
            **{"pacing_method": "progressive", "ramp_seconds": 0.0, **wishes},  # type: ignore[arg-type]
        )
        async with self.unit_of_work.begin() as connection:
            await store.create_campaign(connection, CAMPAIGN)
            await store.save_campaign_settings(connection, settings, now)
            await store.order_campaign_status(connection, CAMPAIGN, status, now)
        await self.add_leads(numbers)

    async def add_leads(self, numbers: Sequence[str]) -> None:
        """Load a list."""
        now = datetime.now(UTC)
        zones = (zone_at_noon(),)
        leads = [
            NewLead(numbers=(NewNumber(e164=number, raw_text=number, zones=zones),), due_at=now)
            for number in numbers
        ]
        async with self.unit_of_work.begin() as connection:
            list_id = await store.create_list(connection, CAMPAIGN, "list", now)
            await store.add_leads(connection, CAMPAIGN, list_id, leads)
        with suppress(NobodyAnswered):  # the engine may be away
            await self.bus.ask(ENGINE_REQUESTS, CampaignChanged(campaign_id=CAMPAIGN), 2.0)

    async def order(self, status: CampaignStatus) -> None:
        """Order a status of the campaign while the engine runs."""
        async with self.unit_of_work.begin() as connection:
            await store.order_campaign_status(connection, CAMPAIGN, status, datetime.now(UTC))
        await self.ask(CampaignChanged(campaign_id=CAMPAIGN))

    async def ask(self, request: object, seconds_max: float = SECONDS_MAX) -> object:
        """Ask the engine, waiting until it is there."""
        answers: list[object] = []

        async def is_answered() -> bool:
            with suppress(NobodyAnswered):
                # A question that went to an engine just killed has no answer: it is put again soon.
                answers.append(await self.bus.ask(ENGINE_REQUESTS, request, ASK_SECONDS_MAX))
            return bool(answers)

        assert await wait_until(is_answered, seconds_max), f"nobody answers\n{self._engine_words()}"
        return answers[0]

    async def floor(self) -> FloorSnapshot:
        """The floor as the engine sees it."""
        snapshot = await self.ask(FloorRequested())
        assert isinstance(snapshot, FloorSnapshot)
        return snapshot

    async def sign_in(self, count: int) -> list[AgentId]:
        """Sign agents in; each wants calls and saves a disposition after each talk."""
        agent_ids = [AgentId(f"agent-{place}") for place in range(1, count + 1)]
        await self.ask(FloorRequested())  # the engine is there
        await self.agents.sign_in(agent_ids, (CAMPAIGN,))
        return agent_ids

    async def talking(self, count: int, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until so many agents talk."""
        states: Counter[tuple[str, str]] = Counter()

        async def is_so() -> bool:
            nonlocal states
            states = Counter((agent.status, agent.state) for agent in (await self.floor()).agents)
            return sum(states[pair] for pair in states if pair[1] == AgentState.TALKING.value) == count

        if not await wait_until(is_so, seconds_max):
            decisions = await self.rows(DECISIONS)
            raise AssertionError(
                f"expected {count} agents talking, {dict(states)}\n"
                f"{[tuple(row) for row in decisions]}\n{self._engine_words()}"
            )

    async def wrapped_up(self, seconds_max: float = SECONDS_MAX) -> bool:
        """Wait until nobody owes a disposition; False when the time is over."""

        async def is_so() -> bool:
            agents = (await self.floor()).agents
            return all(agent.state != AgentState.WRAPPING_UP.value for agent in agents)

        return await wait_until(is_so, seconds_max)

    async def at_carrier(self, count: int) -> None:
        """Wait until so many calls are at the carrier."""

        async def is_so() -> bool:
            return self.centre.lab.telephones.calls_up() == count

        assert await wait_until(is_so, SECONDS_MAX), self.centre.lab.telephones.calls_up()

    def _engine_words(self) -> str:
        return self.centre.engine_log()[-6000:]

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """What a query gives."""
        async with self.unit_of_work.begin() as connection:
            return list(await connection.fetch(query, *arguments))

    async def until(self, query: str, expected: object, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until a query gives a value."""
        value: object = None

        async def is_so() -> bool:
            nonlocal value
            with suppress(StoreLost):  # a test may have taken the database away
                value = (await self.rows(query))[0][0]
            return value == expected

        is_reached = await wait_until(is_so, seconds_max)
        assert is_reached, f"expected {expected} of {query!r}, still {value}\n{self._engine_words()}"


@asynccontextmanager
async def floor_of(centre: CallCentre) -> AsyncIterator[Floor]:
    """Hands on a call centre's bus and database."""
    bus = await NatsBus.open(centre.nats.url, name="test", seconds_max=SECONDS_MAX)
    try:
        async with open_pool(centre.url) as pool:
            yield Floor(centre, bus, UnitOfWork(pool))
    finally:
        await bus.close()
