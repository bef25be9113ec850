"""Django's settings, by subject. What differs between installations comes from `facepass.env`.

base.py       paths, secrets, hosts, apps, middleware, sign-in, languages
databases.py  databases, cache, channel layer
work.py       workers and queue
files.py      uploads, photos, static files
ftp.py        the FTP server for cameras
mail.py       e-mail
api.py        authentication, rate limits, OpenAPI, CORS
pages.py      Content-Security-Policy, look of the admin
logs.py       logging
"""

from facepass.settings.api import *  # noqa: F403
from facepass.settings.base import *  # noqa: F403
from facepass.settings.databases import *  # noqa: F403
from facepass.settings.files import *  # noqa: F403
from facepass.settings.ftp import *  # noqa: F403
from facepass.settings.logs import *  # noqa: F403
from facepass.settings.mail import *  # noqa: F403
from facepass.settings.pages import *  # noqa: F403
from facepass.settings.work import *  # noqa: F403
