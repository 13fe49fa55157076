"""Cut a query text into tokens, each with its position so that errors can point at it."""

import re
from dataclasses import dataclass
from typing import Literal

from devstack.cosmos.errors import bad_request

type Kind = Literal["string", "number", "word", "parameter", "operator", "end"]

_PATTERN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<parameter>@\w+)
      | (?P<word>[^\W\d]\w*)
      | (?P<operator><=|>=|!=|<>|\|\||\?\?|[=<>+\-*/%().,\[\]{}:?])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `text` is the content of a string, the upper and lower case as written of a word."""

    kind: Kind
    text: str
    position: int


def tokenize(sql: str) -> list[Token]:
    """All tokens of the text, closed by one of kind `end`; 400 at the first character that fits none."""
    tokens: list[Token] = []
    position = 0
    while not tokens or tokens[-1].kind != "end":
        found = _PATTERN.match(sql, position)
        if found is None:
            raise bad_request(
                f"Syntax error, incorrect syntax near '{sql[position : position + 20].strip()}'."
            )
        tokens.append(_token(found))
        position = found.end()
    return tokens


def _token(found: re.Match[str]) -> Token:
    kind: Kind = found.lastgroup  # type: ignore[assignment]  # the group names are the kinds
    text = found[kind]
    return Token(kind, _unquoted(text) if kind == "string" else text, found.start(kind))


def _unquoted(literal: str) -> str:
    text = _ESCAPE.sub(_unescaped, literal[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # two halves make one character
    except UnicodeDecodeError as error:
        raise bad_request(f"The text {literal!r} holds half a surrogate pair.") from error


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)
