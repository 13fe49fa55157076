"""Run the simulated OpenWeather: `python -m devstack.openweather --port 0`."""

import asyncio

from devstack.asgi import serve_http
from devstack.googlemaps.places import load
from devstack.latency import NONE, OPENWEATHER, REAL, latency_of
from devstack.openweather.app import Weather, make_app
from devstack.serving import command_line


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = command_line("openweather", "One Call 3.0 and air pollution, from climate normals.")
    parser.add_argument("--key", help="the only appid accepted; without it any is")
    parser.add_argument("--latency-ms", type=int, default=0, help="pause before every answer")
    parser.add_argument(
        "--latency",
        choices=(NONE, REAL),
        default=NONE,
        help="delays like the service's own, the same every run",
    )
    parser.add_argument("--quota-per-minute", type=int, help="requests a minute before 429")
    options = parser.parse_args()
    weather = Weather(load(), options.key)
    app = make_app(
        weather,
        quota_per_minute=options.quota_per_minute,
        latency=latency_of(options.latency, OPENWEATHER),
        latency_ms=options.latency_ms,
    )
    asyncio.run(serve_http(app, port=options.port, leash=options.leash))


if __name__ == "__main__":
    main()
