"""If-Match: change only what the caller has seen (RFC 9110, section 13.1.1)."""

import re

import azure.functions as func

from shared.errors import PreconditionFailed


def read_if_match(req: func.HttpRequest) -> int | None:
    """The revision the caller saw, None when it does not care; one that is not ours matches nothing."""
    header = req.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    match = re.fullmatch(r'"([0-9]{1,9})"', header.strip())
    if match is None:
        raise PreconditionFailed("If-Match is not an ETag of this resource. Read it again first.")
    return int(match[1])


def read_tag(req: func.HttpRequest) -> str | None:
    """The entity tag the caller saw, of a resource whose tags are no numbers; None when it does not care."""
    header = req.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return str(header).strip().removeprefix('"').removesuffix('"')
