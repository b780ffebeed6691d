"""Every declaration of the product, in the order in which menus and the interface for programs name them.

An area of `crm_core` declares its entities in its `entities.py`; one that is not named here comes last.
"""

from importlib import import_module
from pathlib import Path

import crm_core

AREAS_FIRST = ("parties", "interactions", "tasks")

_found = {path.parent.name for path in Path(crm_core.__file__).parent.glob("*/entities.py")}
MODULES = tuple(f"crm_core.{area}.entities" for area in (*AREAS_FIRST, *sorted(_found - {*AREAS_FIRST})))

for module in MODULES:
    import_module(module)
