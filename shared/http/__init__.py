"""The HTTP edge: everything a blueprint needs, nothing a service may use."""

from shared.http.body import (
    read_body,
    read_choice,
    read_id,
    read_ordinal,
    read_picture,
    read_replay,
)
from shared.http.edge import edge
from shared.http.guard import preflight
from shared.http.paging import read_page
from shared.http.precondition import read_if_match, read_tag
from shared.http.query import read_query
from shared.http.reply import accepted, created, no_content, ok, ok_asset, ok_json, ok_picture
from shared.http.user import caller_address, require_bearer, require_user, throttle

__all__ = [
    "accepted",
    "caller_address",
    "created",
    "edge",
    "no_content",
    "ok",
    "ok_asset",
    "ok_json",
    "ok_picture",
    "preflight",
    "read_body",
    "read_choice",
    "read_id",
    "read_if_match",
    "read_ordinal",
    "read_page",
    "read_picture",
    "read_query",
    "read_replay",
    "read_tag",
    "require_bearer",
    "require_user",
    "throttle",
]
