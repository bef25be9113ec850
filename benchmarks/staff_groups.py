"""How long staff wait for the pages on which faces are named, at 100,000 faces in one gallery: the first byte.

    python benchmarks/staff_groups.py [FACES]

Each page is asked for 30 times by Django's client, which runs the middleware, the view and the template. Printed are
the median, the 95th percentile and the number of queries. A third of the groups has a name, and of each named person
one face in four is only proposed.
"""

import statistics
import sys
import time
from typing import Any

import own_home
import scale

ROUNDS = 30


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with own_home.opened(None):
        occasion, _vectors = scale.event(count)
        prepare(occasion)
        scale.vacuum()
        for name, times, queries in measured(occasion):
            median, late = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
            print(f"{name:<22} median {median:6.0f} ms  p95 {late:6.0f} ms  {queries} queries", flush=True)


def prepare(occasion: Any) -> None:
    """Groups as the faces were made: to find them takes minutes, and is measured in scale.py."""
    from django.db import connection

    from galleries.models import FaceCluster, PhotoFace

    people = PhotoFace.objects.count() // scale.FACES_OF_PERSON
    made = FaceCluster.objects.bulk_create(FaceCluster(**occasion.fields) for _ in range(people))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE faces AS SELECT id, row_number() OVER (ORDER BY ctid) - 1 AS n FROM photo_faces"
        )
        for start in range(0, people, 250):
            ids = [str(group.pk) for group in made[start : start + 250]]
            cursor.execute(
                "UPDATE photo_faces SET cluster_id = (%s::uuid[])[n %% %s - %s + 1] FROM faces"
                " WHERE faces.id = photo_faces.id AND n %% %s >= %s AND n %% %s < %s",
                [ids, people, start, people, start, people, start + len(ids)],
            )
        cursor.execute(
            "WITH chosen AS (SELECT id, gen_random_uuid() AS person FROM face_clusters WHERE random() < 0.33),"
            " made AS (INSERT INTO people (id, studio_id, real_name, avatar_url, metadata, created_at)"
            " SELECT person, %s, 'Person ' || row_number() OVER (), '', '{}', now() FROM chosen)"
            " UPDATE face_clusters SET person_id = chosen.person FROM chosen WHERE chosen.id = face_clusters.id",
            [occasion.studio_id],
        )
        cursor.execute(
            "UPDATE photo_faces SET person_id = home.person_id, face_category = 'known', verified = random() > 0.25,"
            " recognition_confidence = random() FROM face_clusters home"
            " WHERE home.id = cluster_id AND home.person_id IS NOT NULL"
        )


def measured(occasion: Any) -> Any:
    """For each page: its name, milliseconds for each round, and queries of one round."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from facepass.models import Membership, Role, User

    client = Client(HTTP_HOST="localhost")
    user = User.objects.create_user("staff", is_staff=True)
    Membership.objects.create(user=user, studio_id=occasion.studio_id, role=Role.VERIFIER)
    client.force_login(user)
    for name, address in pages(occasion).items():
        client.get(address)
        times = []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            answer = client.get(address)
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        yield name, times, len(queries)


def pages(occasion: Any) -> dict[str, str]:
    from django.urls import reverse

    from galleries.models import FaceCluster

    def page(name: str, *args: object) -> str:
        return reverse(f"admin:galleries_{name}", args=args)

    groups = FaceCluster.objects.within(occasion)
    unknown, named = groups.filter(person=None).first(), groups.filter(person__isnull=False).first()
    assert unknown
    assert named
    return {
        "occasions": page("facecluster_occasions"),
        "groups": page("facecluster_of", occasion.key),
        "groups, its list": page("facecluster_list", occasion.key),
        "whom a group is like": page("facecluster_like", occasion.key, unknown.pk),
        "people by name": page("facecluster_people", occasion.key) + "?q=Person 1",
        "pairs": page("facecluster_pairs", occasion.key),
        "names to confirm, one by one": page("photoface_doubts") + f"?of={occasion.key}",
        "names to confirm, by person": page("photoface_verify") + f"?of={occasion.key}",
        "a person": page("person_change", named.person_id),
        "state, where polled": page("facecluster_state", occasion.key),
    }


if __name__ == "__main__":
    main()
