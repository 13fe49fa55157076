"""Write typed responses."""

from typing import NamedTuple

import azure.functions as func
from pydantic import BaseModel

JSON = "application/json"


class Asset(NamedTuple):
    """A file for a browser, and the content security policy it is shown under."""

    content: bytes
    media: str
    policy: str


def ok(model: BaseModel, *, etag: str | None = None) -> func.HttpResponse:
    headers = {"ETag": f'"{etag}"'} if etag else {}
    return _json(_dump(model), 200, headers)


def ok_json(text: str, *, etag: str | None = None) -> func.HttpResponse:
    """A body that is JSON already."""
    return _json(text, 200, {"ETag": f'"{etag}"'} if etag else {})


def created(model: BaseModel, *, location: str, etag: str | None = None) -> func.HttpResponse:
    headers = {"Location": location} | ({"ETag": f'"{etag}"'} if etag else {})
    return _json(_dump(model), 201, headers)


def accepted(model: BaseModel, *, location: str) -> func.HttpResponse:
    return _json(_dump(model), 202, {"Location": location})


def no_content(*, etag: str | None = None) -> func.HttpResponse:
    return func.HttpResponse(status_code=204, headers={"ETag": f'"{etag}"'} if etag else {})


def ok_asset(asset: Asset) -> func.HttpResponse:
    """A file of ours for a browser, under its own policy; it may be kept for an hour."""
    headers = {"Content-Security-Policy": asset.policy, "Cache-Control": "public, max-age=3600"}
    return func.HttpResponse(asset.content, status_code=200, headers=headers, mimetype=asset.media)


def ok_picture(req: func.HttpRequest, image: bytes, *, etag: str) -> func.HttpResponse:
    """A JPEG, or 304 when the caller has this one already (RFC 9110, section 13.1.2)."""
    headers = {"ETag": f'"{etag}"'}
    if f'"{etag}"' in req.headers.get("If-None-Match", ""):
        return func.HttpResponse(status_code=304, headers=headers)
    return func.HttpResponse(image, status_code=200, headers=headers, mimetype="image/jpeg")


def _dump(model: BaseModel) -> str:
    return model.model_dump_json(by_alias=True)


def _json(text: str, status: int, headers: dict[str, str]) -> func.HttpResponse:
    return func.HttpResponse(text, status_code=status, headers=headers, mimetype=JSON)
