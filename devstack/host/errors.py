"""The one error that ends a start: something in the app or its settings has to be changed first."""

REFUSED = 3  # exit code of a host whose app or settings have to change before it can start


class StartError(Exception):
    """The app cannot run as it is; the message names the cause and the fix."""
