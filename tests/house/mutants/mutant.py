"""One planted fault and the check that must catch it."""

from dataclasses import dataclass

CONTRACT_PREFIX = "contract:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault to plant in a copy of the tree.

    >>> Mutant(name="a: b", catches="contract:layers", path="a/b.py", before="8", after="9").contract_id
    'layers'
    """

    name: str  # "area: what is broken", unique
    catches: str  # a pytest node id, or "contract:" and the id of an import-linter contract
    path: str  # file to change, relative to the root of the project; with `before` "" it may be a new one
    before: str  # text that occurs exactly once in that file; "" adds `after` at the end of the file
    after: str  # the faulty text
    invariant: str = ""  # name of the simulation invariant that this fault belongs to, if any

    @property
    def contract_id(self) -> str:
        """Id of the import-linter contract that must break, or "" where a test must fail."""
        return self.catches.removeprefix(CONTRACT_PREFIX) if self.catches.startswith(CONTRACT_PREFIX) else ""
