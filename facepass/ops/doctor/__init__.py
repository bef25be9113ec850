"""What `manage.py doctor` looks at: whether the parts of an installation are there and fit together.

finding.py   what was found       database.py  PostgreSQL                  services.py  storage, Redis
machine.py   disk, clock, packs   public.py    the address and its proxy   secrets.py   keys
cameras.py   the FTP server
"""

from collections.abc import Callable, Iterator

from facepass.ops.doctor import cameras, database, machine, public, secrets, services
from facepass.ops.doctor.finding import Finding

Examination = Callable[[], Iterator[Finding]]

# In the order of the lines; what needs the database comes after it.
EXAMINATIONS: tuple[Examination, ...] = (
    database.examine_database,
    database.examine_schema,
    database.examine_connections,
    machine.examine_clock,
    secrets.examine_keys,
    services.examine_storage,
    services.examine_redis,
    cameras.examine_ftp,
    public.examine_address,
    machine.examine_disk,
    machine.examine_packs,
)


def examine() -> Iterator[Finding]:
    """Yield what each examination finds."""
    for look in EXAMINATIONS:
        yield from look()
