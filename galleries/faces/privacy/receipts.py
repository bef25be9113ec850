"""The receipt of faces that ended: how many of what, of which event, and by whom. It names nobody."""

from collections.abc import Mapping

from facepass.core import events
from facepass.core.access.tenancy import Principal
from facepass.core.trash.registry import Counts
from facepass.models import ApiKey, Erasure, EventType, User
from galleries.models import Occasion


def write_receipt(
    kind: str, counts: Counts, *, of: Occasion, by: Principal | None, told: Mapping[str, int] | None = None
) -> Erasure:
    """Write what was deleted and by whom, and tell partner apps. In the transaction that deletes it.

    `kind`: one of `registry.RECEIPTS`. `told`: other numbers that apps are told.
    """
    user, app = by if isinstance(by, User) else None, by.name if isinstance(by, ApiKey) else ""
    receipt = Erasure.objects.create(
        studio_id=of.studio_id, kind=kind, counts=counts, deleted_by=user, deleted_with=app, erased_by=user,
        erased_with=app,
    )  # fmt: skip
    session_id = str(of.session_id) if of.session_id else None
    numbers = {"faces": counts.get("galleries.PhotoFace", 0), **(told or {})}
    data = {"receipt_id": str(receipt.pk), "kind": kind, "session_id": session_id, **numbers}
    events.emit(EventType.ERASURE_COMPLETED, studio_id=of.studio_id, data=data)
    return receipt
