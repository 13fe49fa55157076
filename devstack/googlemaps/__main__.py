"""Run the simulated Google Maps Platform: `python -m devstack.googlemaps --port 0`."""

import asyncio
from pathlib import Path

from devstack.asgi import serve_http
from devstack.googlemaps.app import Maps, make_app
from devstack.googlemaps.places import BUNDLED, load
from devstack.latency import GOOGLE, NONE, REAL, latency_of
from devstack.serving import command_line


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = command_line("googlemaps", "Geocoding, Time Zone, Places (New) and Routes on one address.")
    parser.add_argument("--catalogue", type=Path, default=BUNDLED, help="folder of <city>.json files")
    parser.add_argument("--key", help="the only API key accepted; without it any key is")
    parser.add_argument("--latency-ms", type=int, default=0, help="pause before every answer")
    parser.add_argument(
        "--latency",
        choices=(NONE, REAL),
        default=NONE,
        help="delays like the service's own, the same every run",
    )
    parser.add_argument("--quota-per-minute", type=int, help="requests a minute before OVER_QUERY_LIMIT")
    options = parser.parse_args()
    maps = Maps(load(options.catalogue), options.key)
    app = make_app(
        maps,
        quota_per_minute=options.quota_per_minute,
        latency=latency_of(options.latency, GOOGLE),
        latency_ms=options.latency_ms,
    )
    asyncio.run(serve_http(app, port=options.port, leash=options.leash))


if __name__ == "__main__":
    main()
