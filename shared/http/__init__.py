"""The HTTP edge: everything a blueprint needs, nothing a service may use."""

from shared.http.body import read_body, read_choice, read_id, read_number, read_ordinal, read_replay
from shared.http.edge import edge
from shared.http.paging import read_page
from shared.http.precondition import read_if_match, read_tag
from shared.http.reply import accepted, created, no_content, ok, ok_json
from shared.http.user import caller_address, require_user

__all__ = [
    "accepted",
    "caller_address",
    "created",
    "edge",
    "no_content",
    "ok",
    "ok_json",
    "read_body",
    "read_choice",
    "read_id",
    "read_if_match",
    "read_number",
    "read_ordinal",
    "read_page",
    "read_replay",
    "read_tag",
    "require_user",
]
