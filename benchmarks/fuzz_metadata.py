"""Uploads mutated pictures, has them analysed, walks over the studio's lists and pages, and deletes it all.

    python benchmarks/fuzz_metadata.py [--count 20000] [--first 0] [--galleries 20]

The pictures are those of facepass/testing/pictures/mutated.py, one for each seed from `--first` on, so that a run can
be repeated. Uploads, lists and pages go through Django's own test client, the analysis through the workers' own code
with the fake engine, all in one process on a PostgreSQL of its own. Ends with 1 where anything failed.
"""

import argparse
import sys
import time

import own_home

AT_ONCE = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--galleries", type=int, default=20)
    asked = parser.parse_args()
    with own_home.opened(None):
        good = fuzz(asked.count, first=asked.first, galleries=asked.galleries)
    sys.exit(0 if good else 1)


def fuzz(count: int, *, first: int, galleries: int) -> bool:
    """Whether nothing failed."""
    from django.conf import settings

    from facepass.testing.pictures.fuzz import Errors, Fuzzed
    from recognition.engines import registry
    from recognition.engines.fake import FakeEngine

    settings.RATE_LIMITS, settings.ALLOWED_HOSTS = {}, ["*"]
    started = time.monotonic()
    fuzzed = Fuzzed()
    with registry.use_engine(FakeEngine()), Errors() as errors:
        share = -(-count // galleries)
        for start in range(first, first + count, share):
            seeds = range(start, min(start + share, first + count))
            gallery = fuzzed.gallery(start)
            for at in range(0, len(seeds), AT_ONCE):
                fuzzed.upload(gallery, seeds[at : at + AT_ONCE])
            fuzzed.analyse(gallery)
            told = f"{seeds.stop - first} uploads, {len(errors.lines)} errors in the log, {len(fuzzed.bad)} bad answers"
            print(f"{time.monotonic() - started:7.0f} s  {told}", flush=True)
        fuzzed.walk(pages=500)
        fuzzed.delete(by_hand=200)
    for name, number in sorted(fuzzed.report.items()):
        print(f"{number:8}  {name}")
    for line in [*errors.lines, *fuzzed.bad][:50]:
        print(line)
    print(f"{count} uploads, {len(errors.lines)} errors in the log, {len(fuzzed.bad)} bad answers")
    return not errors.lines and not fuzzed.bad


if __name__ == "__main__":
    main()
