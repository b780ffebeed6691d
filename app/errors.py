"""What can go wrong in front of the rooms: settings, database, processes.

AppError
├── SettingError          the caller's: a setting in the environment cannot be used
├── HomeTaken             the caller's: another `paceline serve` uses the home folder, or it cannot be written
├── PartFailed            a part of `serve` was started and was not ready in time
├── BackupUnusable        a backup file cannot be written, or is not to be believed
├── NotEmpty              the caller's: a restore would write over something, or somebody uses it
├── BusDown               the bus is not there
│   └── NatsUnusable      the machine's or the caller's: our NATS is missing, has ended, its port is taken
└── DatabaseError         the database is not there, or not as it must be
    ├── BinariesMissing   the machine's: no PostgreSQL that we could start
    ├── FolderTaken       the caller's: another program uses the data folder
    ├── FolderUnusable    the caller's: the data folder cannot be reached, or belongs to another version
    ├── PortTaken         the caller's: another program listens on the port
    ├── StartFailed       PostgreSQL ended, or was not ready in time; the message ends with its own words
    └── SchemaUnknown     the caller's: the database was made by a newer Paceline, or is none of ours
"""


class AppError(Exception):
    """Anything that the front door refuses; the message is for a person."""


class SettingError(AppError):
    """A setting cannot be used; the message names it, what was expected and what came."""


class HomeTaken(AppError):
    """Another `paceline serve` uses the home folder, or it cannot be written."""


class PartFailed(AppError):
    """A part that `serve` starts was not ready in time, or ended before."""


class BackupUnusable(AppError):
    """A backup file cannot be written, is cut short or changed, or does not fit."""


class NotEmpty(AppError):
    """A restore would write over rows that are there, or somebody uses the database."""


class BusDown(AppError):
    """The bus is not there: no Paceline runs on this home, or the server of `NATS_URL` is away."""


class NatsUnusable(BusDown):
    """Our own NATS server is missing, ended at once, or its port is taken."""


class DatabaseError(AppError):
    """The database is not there, or not as it must be."""


class BinariesMissing(DatabaseError):
    """No PostgreSQL was found that could be started."""


class FolderTaken(DatabaseError):
    """Another program uses the data folder."""


class FolderUnusable(DatabaseError):
    """The data folder cannot be reached, or belongs to another version of PostgreSQL."""


class PortTaken(DatabaseError):
    """Another program listens on the port."""


class StartFailed(DatabaseError):
    """PostgreSQL ended at once, or was not ready in time."""


class SchemaUnknown(DatabaseError):
    """The tables in the database are not ones that this version knows."""
