"""Faults that the import contracts must catch: each contract is broken once, the pure packages once each."""

from tests.house.mutants.mutant import Mutant


def forbidden_import(contract_id: str, path: str, module: str) -> Mutant:
    """A fault that adds one import at the end of a file."""
    return Mutant(
        name=f"contracts: {path} imports {module}",
        catches=f"contract:{contract_id}",
        path=path,
        before="",
        after=f"\nimport {module}\n",
    )


MUTANTS: tuple[Mutant, ...] = (
    forbidden_import("layers", "rules/__init__.py", "app.command_line"),
    forbidden_import("layers", "simulations/__init__.py", "agent_console"),
    forbidden_import("dialer-layers", "dialer/messages/__init__.py", "dialer.core.events"),
    forbidden_import("dialer-layers", "dialer/core/__init__.py", "dialer.adapters"),
    forbidden_import("messages", "dialer/messages/__init__.py", "rules.detection"),
    forbidden_import("dialer-and-crm", "dialer/adapters/__init__.py", "crm_core.engine"),
    forbidden_import("console-sees-core-and-messages", "agent_console/__init__.py", "dialer.adapters"),
    forbidden_import("pure", "dialer/core/__init__.py", "asyncio"),
    forbidden_import("pure", "dialer/messages/__init__.py", "socket"),
    forbidden_import("pure", "pacing/__init__.py", "random"),
    forbidden_import("pure", "rules/__init__.py", "sqlalchemy"),
    forbidden_import("simulations", "simulations/__init__.py", "asterisk_config"),
    forbidden_import("simulations", "simulations/__init__.py", "dialer.adapters"),
    forbidden_import("crm-layers", "crm_core/engine/__init__.py", "crm_core.processes"),
    forbidden_import("test-tools", "pacing/__init__.py", "hypothesis"),
    forbidden_import("acyclic", "app/command_line.py", "app.__main__"),
)
