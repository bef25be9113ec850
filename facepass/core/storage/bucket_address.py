"""Where browsers find the bucket: signed links lead there, and the pages' policy has to allow it."""

from urllib.parse import urlsplit

from facepass.env import Environment

AMAZON = "https://*.amazonaws.com"


def browser_origin(env: Environment) -> str:
    """Return the origin of signed links, as a source of a content security policy."""
    endpoint = env.s3_public_endpoint_url or env.s3_endpoint_url
    if not endpoint:
        return AMAZON
    parts = urlsplit(endpoint)
    bucket = f"{env.s3_bucket}." if env.s3_addressing_style == "virtual" else ""
    return f"{parts.scheme}://{bucket}{parts.netloc}"
