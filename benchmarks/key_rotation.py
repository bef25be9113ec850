"""How long `manage.py rotate_keys` takes for so many sealed addresses, by a new key in the ring's file.

    python benchmarks/key_rotation.py [ADDRESSES]     10000

The embedded PostgreSQL.
"""

import sys

import own_home
from trash import measure


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with own_home.opened(None):
        from django.core.management import call_command

        measure(f"{number} addresses sealed and stored", lambda: add_addresses(number))
        measure("sealed anew", lambda: call_command("rotate_keys", new=True))
        measure("nothing left to do", lambda: call_command("rotate_keys"))


def add_addresses(number: int) -> None:
    from facepass.models import Studio
    from sessions_app.models import PhotoSession, ReadyNotice

    session = PhotoSession.objects.create(studio=Studio.objects.create(name="S", slug="s"), name="large")
    ReadyNotice.objects.bulk_create(
        ReadyNotice(session=session, address=f"guest{n}@example.com", address_digest=f"{n:064}", language="en")
        for n in range(number)
    )


if __name__ == "__main__":
    main()
