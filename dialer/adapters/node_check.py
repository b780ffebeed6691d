"""Whether an Asterisk is the one that we need: version, rights, modules, dialplan; each fault with its cure.

It asks over the manager interface only and changes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialer.adapters.ami_link import AmiAddress
from dialer.adapters.ami_transport import AmiMessage, AmiTransport
from dialer.adapters.errors import AmiError, AmiLost, AmiRefused, AmiValueUnsafe

VERSION_MIN = 22  # REST over WebSocket and `tech_cause` came with it
MAJOR_VERSION = re.compile(r"\D*(\d+)\.")
CONTEXTS = ("answered", "from-trunk")  # where calls enter the engine, templates/extensions.conf.j2
RENDER_AGAIN = "run `paceline asterisk render` for this node and restart its Asterisk"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeProblem:
    """One thing that is not as it must be."""

    expected: str
    came: str
    fix: str  # what to do, for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeExpectation:
    """What a node must have."""

    application: str  # the name under which the engine receives calls
    modules: Sequence[str]  # without `.so`
    version_min: int = VERSION_MIN


async def check_node(address: AmiAddress, expected: NodeExpectation) -> tuple[NodeProblem, ...]:
    """Everything that is wrong with a node, the cause before its consequences; empty: nothing."""
    transport = AmiTransport(_ignore)
    try:
        await transport.open(address.host, address.port)
    except AmiLost as error:
        return (
            NodeProblem(
                expected=f"Asterisk's manager interface at {address.host}:{address.port}",
                came=str(error.__cause__ or error),
                fix="start Asterisk; compare ami_address and ami_port of the settings with its manager.conf",
            ),
        )
    try:
        return await _questions(transport, address, expected)
    except AmiError as error:
        return (
            NodeProblem(
                expected="an answer to every question over AMI",
                came=str(error),
                fix=f"look into Asterisk's log; if rights are missing, {RENDER_AGAIN}",
            ),
        )
    finally:
        transport.close()


async def _questions(
    transport: AmiTransport, address: AmiAddress, expected: NodeExpectation
) -> tuple[NodeProblem, ...]:
    try:
        login = {"Username": address.user_name, "Secret": address.password, "Events": "off"}
        await transport.ask("Login", login)
    except (AmiRefused, AmiLost, AmiValueUnsafe) as error:
        return (
            NodeProblem(
                expected=f"the AMI user {address.user_name} to be let in",
                came=str(error),
                fix=f"compare the settings [ami] with its manager.conf, or {RENDER_AGAIN}",
            ),
        )
    found = [
        await _version_problem(transport, expected),
        *[await _module_problem(transport, module) for module in expected.modules],
        *[await _application_problem(transport, context, expected) for context in CONTEXTS],
    ]
    return tuple(problem for problem in found if problem is not None)


async def _version_problem(transport: AmiTransport, expected: NodeExpectation) -> NodeProblem | None:
    (core,) = await transport.ask("CoreSettings")
    version = core.get("asteriskversion", "")
    major = MAJOR_VERSION.match(version)
    if major is not None and int(major[1]) >= expected.version_min:
        return None
    return NodeProblem(
        expected=f"Asterisk {expected.version_min} or newer",
        came=version or "no version",
        fix=f"install Asterisk {expected.version_min} (Debian's package asterisk), then restart it",
    )


async def _module_problem(transport: AmiTransport, module: str) -> NodeProblem | None:
    try:
        await transport.ask("ModuleCheck", {"Module": f"{module}.so"})
    except AmiRefused as error:
        return NodeProblem(
            expected=f"{module}.so running",
            came=str(error),
            fix=f"install the package that holds it (asterisk-modules), or {RENDER_AGAIN}",
        )
    return None


async def _application_problem(
    transport: AmiTransport, context: str, expected: NodeExpectation
) -> NodeProblem | None:
    wanted = f"Stasis({expected.application},…) in the context {context}"
    try:
        listed = await transport.ask("ShowDialPlan", {"Context": context})
    except AmiRefused:
        return NodeProblem(expected=wanted, came="no such context", fix=RENDER_AGAIN)
    entered = [each.get("appdata", "") for each in listed if each.get("application") == "Stasis"]
    if any(words.split(",")[0] == expected.application for words in entered):
        return None
    came = ", ".join(f"Stasis({words})" for words in entered) or "no Stasis at all"
    return NodeProblem(expected=wanted, came=came, fix=RENDER_AGAIN)


def _ignore(message: AmiMessage) -> None:
    """Events are of no interest here."""
