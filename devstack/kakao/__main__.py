"""Run the simulated Kakao: `python -m devstack.kakao --port 0`."""

import asyncio
from pathlib import Path

from devstack.asgi import serve_http
from devstack.googlemaps.places import BUNDLED, load
from devstack.kakao.app import Kakao, make_app
from devstack.kakao.korea import korean
from devstack.serving import command_line


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = command_line("kakao", "Kakao Local and Mobility on one address.")
    parser.add_argument("--catalogue", type=Path, default=BUNDLED, help="folder of <city>.json files")
    parser.add_argument("--key", help="the only REST API key accepted; without it any key is")
    parser.add_argument("--latency-ms", type=int, default=0, help="pause before every answer")
    parser.add_argument("--quota-per-minute", type=int, help="requests a minute before 429")
    options = parser.parse_args()
    kakao = Kakao(korean(load(options.catalogue)), options.key)
    app = make_app(kakao, latency_ms=options.latency_ms, quota_per_minute=options.quota_per_minute)
    asyncio.run(serve_http(app, port=options.port, leash=options.leash))


if __name__ == "__main__":
    main()
