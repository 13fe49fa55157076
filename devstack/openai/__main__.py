"""Run the simulated OpenAI: `python -m devstack.openai --port 0`."""

import asyncio

from devstack.asgi import serve_http
from devstack.latency import NONE, OPENAI, REAL, latency_of
from devstack.openai.app import Models, make_app
from devstack.serving import command_line


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = command_line("openai", "Chat completions with structured outputs, OpenAI's and Azure's paths.")
    parser.add_argument("--key", help="the only key accepted; without it any is")
    parser.add_argument(
        "--models", default="", help="model names served, comma separated; without it any name is"
    )
    parser.add_argument("--latency-ms", type=int, default=0, help="pause before every answer")
    parser.add_argument(
        "--latency",
        choices=(NONE, REAL),
        default=NONE,
        help="delays like the service's own, the same every run",
    )
    parser.add_argument("--quota-per-minute", type=int, help="requests a minute before 429")
    options = parser.parse_args()
    names = tuple(name for name in options.models.split(",") if name)
    app = make_app(
        Models(names, options.key),
        quota_per_minute=options.quota_per_minute,
        latency=latency_of(options.latency, OPENAI),
        latency_ms=options.latency_ms,
    )
    asyncio.run(serve_http(app, port=options.port, leash=options.leash))


if __name__ == "__main__":
    main()
