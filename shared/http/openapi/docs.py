"""The page that shows the description: Swagger UI from an installed package, nothing from elsewhere."""

from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from shared.errors import NotFound
from shared.http.reply import Asset

_SCRIPT, _STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
_START = "start.js"
_PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>TripGen API</title>
<link rel="stylesheet" href="docs/{_STYLE}">
<div id="api"></div>
<script src="docs/{_SCRIPT}"></script>
<script src="docs/{_START}"></script>
</html>
"""
_STARTED = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});\n'
# Swagger UI styles its elements in place; everything else is ours and from here.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page() -> Asset:
    return Asset(_PAGE.encode(), "text/html; charset=utf-8", _POLICY)


@cache
def asset(name: str) -> Asset:
    """One of the page's three files; `NotFound` for any other name."""
    if name == _START:
        return Asset(_STARTED.encode(), "text/javascript", _POLICY)
    if name not in {_SCRIPT, _STYLE}:
        raise NotFound("The page has no such file.")
    # Found without importing the package: only its files are of use here.
    path = distribution("flask-swagger-ui").locate_file(f"flask_swagger_ui/dist/{name}")
    media = "text/javascript" if name == _SCRIPT else "text/css"
    return Asset(Path(str(path)).read_bytes(), media, _POLICY)
