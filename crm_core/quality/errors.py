"""What can go wrong with duplicates and merges; each message is for a person.

QualityError
├── MergeRefused  the caller's: the two cannot become one, or not in this way
└── PairAbsent    the caller's: there is no such pair, or he may not see both of it
"""

from crm_core.engine.errors import EngineError


class QualityError(EngineError):
    """Anything that this area refuses."""


class MergeRefused(QualityError):
    """Two records that cannot become one."""


class PairAbsent(QualityError):
    """There is no such pair for this viewer."""
