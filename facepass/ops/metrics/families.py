"""Names and meanings of what is looked up at a scrape, and how values become Prometheus' families."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from prometheus_client.metrics_core import Metric


class Sample(NamedTuple):
    """A value of a family. `suffix`: of a sample that belongs to a histogram, such as `_bucket`."""

    family: str
    value: float
    labels: dict[str, str] = {}
    suffix: str = ""


class Family(NamedTuple):
    meaning: str
    kind: str = "gauge"


FAMILIES: Final[dict[str, Family]] = {
    # --- of the host that is scraped
    "facepass_build_info": Family("1, with the versions as labels."),
    "facepass_engine_info": Family("1, with the model that describes new photos; missing where there is none."),
    "facepass_redis_up": Family("Whether Redis answers this host; missing where none is set."),
    "facepass_disk_free_bytes": Family("Room on the disk of FACEPASS_HOME."),
    "facepass_disk_total_bytes": Family("Size of the disk of FACEPASS_HOME."),
    # --- of the installation, the same at every host
    "facepass_database_up": Family("Whether the database answers this host."),
    "facepass_figures_age_seconds": Family("How long ago the figures of the installation were counted."),
    "facepass_photos": Family("Photos by state."),
    "facepass_photos_failed": Family("Photos that were given up, by error code."),
    "facepass_photos_waiting": Family("Unfinished photos, by what they wait for: turn, or an error code."),
    "facepass_oldest_waiting_photo_seconds": Family(
        "Since the upload of the oldest photo that waits; 0 where none does."
    ),
    "facepass_faces": Family("Faces."),
    "facepass_queue_depth": Family("Tasks that wait or run."),
    "facepass_jobs": Family("Long jobs that wait or run, by state."),
    "facepass_analyses_total": Family("Analyses that ended, by outcome: processed, or an error code.", "counter"),
    "facepass_analysis_stage_seconds_total": Family("Time of analyses, by stage.", "counter"),
    "facepass_analysis_stage_photos_total": Family("Photos that went through a stage of the analysis.", "counter"),
    "facepass_photo_seconds": Family("Time from a photo's upload to its faces.", "histogram"),
    "facepass_workers_alive": Family("Workers of hosts that give signs of life, but those that end again and again."),
    "facepass_workers_busy": Family("Workers in a long task at this moment."),
    "facepass_host_up": Family("Whether the host gave a sign of life just now."),
    "facepass_host_workers": Family("Workers of the host."),
    "facepass_host_down": Family("Processes that end again and again."),
    "facepass_host_idle_seconds": Family("How long ago a worker of the host last took a task."),
    "facepass_webhook_deliveries": Family("Deliveries to partners that wait or have failed, by state."),
    "facepass_webhook_oldest_seconds": Family("Age of the oldest delivery that waits; 0 where none does."),
    "facepass_webhook_attempts_total": Family("Attempts to deliver, by outcome.", "counter"),
    "facepass_webhook_endpoints": Family("Addresses of partners: enabled, failing, disabled."),
    "facepass_database_bytes": Family("Size of the database."),
    "facepass_database_connections": Family("Connections to the database server that are open."),
    "facepass_database_connections_allowed": Family("Connections that the database server allows."),
    "facepass_backup_age_seconds": Family("Age of the last good back-up; missing where none was ever verified."),
    "facepass_studio_photos": Family("Photos of a studio, by its id and state."),
    "facepass_studio_storage_bytes": Family("Originals of a studio."),
    "facepass_studio_sessions": Family("Photo sessions of a studio."),
    "facepass_studio_searches": Family("Searches in the sessions that a studio has."),
    "facepass_studio_search_hits": Family("Of these, searches that found photos."),
    "facepass_studio_downloads": Family("Downloads by guests in the sessions that a studio has."),
    "facepass_pixora_circuit": Family("0 closed, 1 half open, 2 open."),
    "facepass_pixora_failures": Family("Questions in a row that Pixora did not answer."),
    "facepass_pixora_schema_drift": Family("1: its table has changed."),
    "facepass_pixora_sync_age_seconds": Family("Since the last sync."),
}


def build_families(samples: Iterable[Sample]) -> Iterator[Metric]:
    """Yield a family for each name, with its samples, in the order in which they first come."""
    families: dict[str, Metric] = {}
    for sample in samples:
        meaning, kind = FAMILIES[sample.family]
        # Prometheus' library adds `_total` to the names of counters by itself.
        name = sample.family.removesuffix("_total")
        family = families.setdefault(name, Metric(name, meaning, kind))
        family.add_sample(f"{sample.family}{sample.suffix}", sample.labels, sample.value)
    yield from families.values()
