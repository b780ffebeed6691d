"""Load a list of people from a file: `import_list` checks everything, then writes all of it or nothing."""

from dialer.adapters.list_import.fault_file import FaultFile
from dialer.adapters.list_import.faults import Fault, FaultKind
from dialer.adapters.list_import.importing import ImportOrder, ImportReport, import_list
from dialer.adapters.list_import.loading import DuplicateScope
from dialer.adapters.list_import.table import Table
from dialer.adapters.list_import.tables import open_table

__all__ = [
    "DuplicateScope",
    "Fault",
    "FaultFile",
    "FaultKind",
    "ImportOrder",
    "ImportReport",
    "Table",
    "import_list",
    "open_table",
]
