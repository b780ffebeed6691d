"""What can be set in Asterisk's configuration, each value checked as it is made.

The defaults are the safe ones: everything listens on loopback, nobody is let in without a secret,
and a secret has no default. Secrets never appear in a representation or in a message.
"""

from dataclasses import dataclass, field
from enum import Enum, unique
from urllib.parse import urlsplit

from asterisk_config.errors import InvalidSettingError
from asterisk_config.setting_checks import (
    ENTITY_ID,
    is_plain_text,
    require,
    require_address,
    require_different,
    require_host,
    require_name,
    require_networks,
    require_path,
    require_port,
    require_range,
    require_remote_port,
    require_secret,
    require_sound,
)

LOOPBACK = "127.0.0.1"


@unique
class Codec(Enum):
    """How speech is coded on the way to a phone."""

    ULAW = "ulaw"  # G.711 of North America and Japan
    ALAW = "alaw"  # G.711 of the rest of the world
    OPUS = "opus"  # browsers' own; costs a transcoding against a trunk with G.711


@unique
class Phone(Enum):
    """What kind of phone an agent has."""

    SIP = "sip"  # a desk or soft phone that registers
    WEBRTC = "webrtc"  # a browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where Asterisk finds and keeps its files; the defaults are those of Debian's package."""

    configuration: str = "/etc/asterisk"
    modules: str = "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    database: str = "/var/lib/asterisk"  # its own small database, and keys
    data: str = "/usr/share/asterisk"  # sounds, music, documentation
    spool: str = "/var/spool/asterisk"  # recordings
    run: str = "/var/run/asterisk"  # control socket: a path below 108 characters
    log: str = "/var/log/asterisk"
    cache: str = "/var/cache/asterisk"

    def __post_init__(self) -> None:
        for name in self.__slots__:
            require_path(getattr(self, name), f"folders.{name}")
        # struct sockaddr_un holds 108 bytes, one of them the closing zero (unix(7)).
        socket = f"{self.run}/asterisk.ctl"
        require(len(socket) < 108, field="folders.run", expected="a path below 95 characters", came=self.run)


@dataclass(frozen=True, slots=True, kw_only=True)
class AriUser:
    """Who may steer calls over ARI."""

    name: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        require_name(self.name, "ari.name")
        require_secret(self.password, "ari.password")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundWebsocket:
    """The engine's address that Asterisk connects to by itself and keeps connected."""

    uri: str  # ws://host:port/path, or wss:// beyond this machine
    user_name: str
    password: str = field(repr=False)
    connect_seconds_max: float = 0.5
    reconnect_seconds: float = 0.3

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.uri)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise InvalidSettingError(
                field="outbound.uri", expected="ws://host:port/path", came=str(error)
            ) from error
        is_right = parts.scheme in {"ws", "wss"} and port is not None and is_plain_text(self.uri)
        is_right = is_right and self.uri.isascii() and " " not in self.uri and "@" not in parts.netloc
        require(
            is_right,
            field="outbound.uri",
            expected="ws://host:port/path or wss://host:port/path",
            came="another form",
        )
        require_host(host, "outbound.uri")
        require_name(self.user_name, "outbound.user_name")
        require_secret(self.password, "outbound.password")
        require_range(self.connect_seconds_max, 0.1, 60, "outbound.connect_seconds_max")
        require_range(self.reconnect_seconds, 0.1, 60, "outbound.reconnect_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiUser:
    """Who may watch trunks and endpoints, reload and record over AMI; originating is not among his rights."""

    name: str
    password: str = field(repr=False)
    networks: tuple[str, ...] = (LOOPBACK,)  # from where he may sign in

    def __post_init__(self) -> None:
        require_name(self.name, "ami.name")
        require_secret(self.password, "ami.password")
        require(bool(self.networks), field="ami.networks", expected="one network or more", came=self.networks)
        require_networks(self.networks, "ami.networks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How a trunk signs in with its carrier."""

    user_name: str
    password: str = field(repr=False)
    expiry_seconds: int = 300
    retry_seconds: int = 30

    def __post_init__(self) -> None:
        is_right = is_plain_text(self.user_name) and self.user_name.isascii()
        is_right = is_right and not set(self.user_name) & set(" ;@<>\"'\\") and len(self.user_name) <= 64
        require(
            is_right,
            field="registration.user_name",
            expected="up to 64 characters without spaces, quotes, ;, @, <, > and \\",
            came=self.user_name,
        )
        require_secret(self.password, "registration.password")
        require_range(self.expiry_seconds, 30, 86400, "registration.expiry_seconds")
        require_range(self.retry_seconds, 1, 3600, "registration.retry_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A route to a carrier: known by its addresses, and signed in with where the carrier asks for it."""

    name: str
    host: str
    port: int = 5060
    networks: tuple[str, ...]  # from where its calls come; `address:port` tells two apart on one address
    registration: Registration | None = None
    codecs: tuple[Codec, ...] = (Codec.ALAW, Codec.ULAW)
    qualify_seconds: int = 30  # between two questions whether it is alive; 0: never asked
    rtp_seconds_max: int = 30  # a call without a packet for so long is ended
    channels_max: int = 30  # calls at once, by the contract with the carrier
    calls_per_second_max: float = 5.0  # begun in any one second, by the same

    def __post_init__(self) -> None:
        require_name(self.name, "trunk.name")
        require_host(self.host, "trunk.host")
        require_remote_port(self.port, "trunk.port")
        require(bool(self.networks), field="trunk.networks", expected="one network or more", came=())
        for network in self.networks:
            address, colon, port = network.rpartition(":")
            if colon and "." in address and "/" not in network:
                require_networks((address,), "trunk.networks")
                require(port.isdecimal(), field="trunk.networks", expected="address:port", came=network)
                require_remote_port(int(port), "trunk.networks")
            else:
                require_networks((network,), "trunk.networks")
        require_codecs(self.codecs, "trunk.codecs")
        require_range(self.qualify_seconds, 0, 3600, "trunk.qualify_seconds")
        require_range(self.rtp_seconds_max, 2, 3600, "trunk.rtp_seconds_max")
        require_range(self.channels_max, 1, 10_000, "trunk.channels_max")
        require_range(self.calls_per_second_max, 0.01, 1000, "trunk.calls_per_second_max")

    @property
    def allowed_networks(self) -> tuple[str, ...]:
        """The networks without ports, as access lists know them."""
        return tuple(
            network.rpartition(":")[0] if "." in network and ":" in network else network
            for network in self.networks
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent's phone, which registers with a secret."""

    name: str
    password: str = field(repr=False)
    phone: Phone
    networks: tuple[str, ...] = (LOOPBACK,)  # from where it may register and call
    codecs: tuple[Codec, ...] = (Codec.ALAW, Codec.ULAW)
    rtp_seconds_max: int = 5  # a closed browser page leaves no other trace than silence

    def __post_init__(self) -> None:
        require_name(self.name, "agent.name")
        require_secret(self.password, "agent.password")
        require(bool(self.networks), field="agent.networks", expected="one network or more", came=())
        require_networks(self.networks, "agent.networks")
        require_codecs(self.codecs, "agent.codecs")
        require_range(self.rtp_seconds_max, 2, 3600, "agent.rtp_seconds_max")


def require_codecs(codecs: tuple[Codec, ...], name: str) -> None:
    """Refuse a phone that could not speak."""
    require(bool(codecs), field=name, expected="one codec or more", came=codecs)
    require_different((codec.value for codec in codecs), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpPorts:
    """Where speech is received."""

    first: int = 20000
    last: int = 25999
    # WebRTC on loopback only: Asterisk offers no loopback address to a browser unless one of these, an
    # address of this machine, is offered as loopback.
    loopback_candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_port(self.first, "rtp.first")
        require_port(self.last, "rtp.last")
        # One call takes two ports, one for speech and one for its reports.
        require(self.last >= self.first + 3, field="rtp.last", expected="at least first + 3", came=self.last)
        for address in self.loopback_candidates:
            require_address(address, "rtp.loopback_candidates")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringMachineDetection:
    """What app_amd judges by; its own defaults (Asterisk's amd.conf)."""

    analysis_seconds_max: float = 5.0
    initial_silence_seconds: float = 2.5
    silence_after_greeting_seconds: float = 0.8
    greeting_seconds_max: float = 1.5
    word_seconds_min: float = 0.1
    word_seconds_max: float = 5.0
    silence_between_words_seconds: float = 0.05
    words_max: int = 2

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name != "words_max":
                require_range(getattr(self, name), 0.01, 30, f"amd.{name}")
        require_range(self.words_max, 1, 20, "amd.words_max")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings:
    """One Asterisk, whole."""

    system_name: str = "paceline"
    entity_id: str | None = None  # six bytes as a network card has them; tells several Asterisks apart
    folders: Folders = Folders()
    application: str = "paceline"  # the name under which the engine receives calls
    ari: AriUser
    ami: AmiUser
    outbound: OutboundWebsocket | None = None
    http_address: str = LOOPBACK
    http_port: int = 8088
    ami_address: str = LOOPBACK
    ami_port: int = 5038
    sip_address: str = LOOPBACK
    sip_port: int = 5060
    rtp: RtpPorts = RtpPorts()
    trunks: tuple[Trunk, ...] = ()
    agents: tuple[Agent, ...] = ()
    amd: AnsweringMachineDetection = AnsweringMachineDetection()
    heartbeat_seconds_max: int = 3  # an engine that was silent for longer gets no answered call
    answer_seconds_max: int = 4  # an answered call not in hand by then hears the message; a dial may say less
    safe_harbour_sound: str = "paceline/safe-harbour-message"
    call_records: bool = True  # Asterisk's own list of calls, to compare ours with

    def __post_init__(self) -> None:
        require_name(self.system_name, "system_name")
        if self.entity_id is not None:
            is_right = ENTITY_ID.fullmatch(self.entity_id) is not None
            require(is_right, field="entity_id", expected="02:00:00:00:00:01", came=self.entity_id)
        require_name(self.application, "application")
        for name in ("http", "ami", "sip"):
            require_address(getattr(self, f"{name}_address"), f"{name}_address")
            require_port(getattr(self, f"{name}_port"), f"{name}_port")
        require_range(self.heartbeat_seconds_max, 2, 60, "heartbeat_seconds_max")
        require_range(self.answer_seconds_max, 1, 60, "answer_seconds_max")
        require_sound(self.safe_harbour_sound, "safe_harbour_sound")
        self._require_no_clash()

    def _require_no_clash(self) -> None:
        names = [trunk.name for trunk in self.trunks] + [agent.name for agent in self.agents]
        require_different(names, "trunks and agents")
        is_apart = (self.http_address, self.http_port) != (self.ami_address, self.ami_port)
        require(is_apart, field="ami_port", expected="another port than http_port", came=self.ami_port)
        is_apart = not self.rtp.first <= self.sip_port <= self.rtp.last
        require(is_apart, field="sip_port", expected="a port outside of rtp's", came=self.sip_port)

    @property
    def has_webrtc(self) -> bool:
        """Whether any agent sits at a browser."""
        return any(agent.phone is Phone.WEBRTC for agent in self.agents)

    @property
    def allowed_networks(self) -> tuple[str, ...]:
        """From where SIP is listened to at all."""
        networks = [network for trunk in self.trunks for network in trunk.allowed_networks]
        networks += [network for agent in self.agents for network in agent.networks]
        return tuple(dict.fromkeys(networks))
