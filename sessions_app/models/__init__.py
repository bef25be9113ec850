from sessions_app.models.pixora import PixoraLink, PixoraSession
from sessions_app.models.session import Origin, PhotoSession, PhotoSessionQuerySet, new_code

__all__ = ["Origin", "PhotoSession", "PhotoSessionQuerySet", "PixoraLink", "PixoraSession", "new_code"]
