"""What no log line and no span may say: taken out by known values, then by names of fields, then by form."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from urllib.parse import quote, quote_plus

MASK = "***"
LONGEST = 16_384
"""Characters of one text; what is beyond is cut."""
SHORT = 6
"""Shorter values are hidden where they stand alone, not inside other words."""

_FIELD = re.compile(
    r"e-?mail|user_?name|login|(?:full_?)?name|phone|(?:current_?|new_?)?password|pwd"
    r"|(?:access_?|refresh_?|id_?|invitation_?)?token|authorization|cookie"
    r"|(?:api_?|account_?|shared_?access_?)?key|sig(?:nature)?|(?:client_?)?secret"
    r"|special_?requests|must_?see|lodging|address|point|lat(?:itude)?|lng|lon(?:gitude)?|q",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z_.]*")
"""Names of functions, services and the like: no form fits them, and most attributes are such."""
_NAMED = re.compile(r"(?<![\w.])(?:(\w[\w\-]*)=|([\"'])(\w[\w\-]*)\2\s*:\s*)")
_VALUE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\{[^{}]*\}|\[[^\[\]]*\]|\w*\([^()]*\)|[^\s,;&{}\[\]()<>]+"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A form to take out; it is looked for only where one of `hints` is."""

    form: re.Pattern[str]
    hints: tuple[str, ...]
    instead: str | Callable[[re.Match[str]], str] = MASK


def _cut_v4(found: re.Match[str]) -> str:
    """The /24 an address is in; those of this machine, and what is no address, stay."""
    parts = found[0].split(".")
    if parts[0] == "127" or any(int(part) > 255 for part in parts):  # noqa: PLR2004 - a byte
        return found[0]
    return f"{'.'.join(parts[:3])}.0"


def _cut_v6(found: re.Match[str]) -> str:
    """The /48 an address is in; that of this machine, and what is no address (12:30:45), stay."""
    try:
        address = IPv6Address(found[0])
    except ValueError:
        return found[0]
    if address.is_loopback or address.is_unspecified:
        return found[0]
    return str(ip_network((address, 48), strict=False).network_address)


_RULES = (
    # PostgreSQL and pydantic quote whole rows and inputs.
    _Rule(re.compile(r"(DETAIL:)[^\n]*"), ("DETAIL:",), rf"\1 {MASK}"),
    _Rule(re.compile(r"Key \([^\n]{0,200}?\)=\([^\n]*"), (")=(",), f"Key {MASK}"),
    _Rule(re.compile(r"input_value=[^\n]{0,500}(?=, input_type=)"), ("input_value",), f"input_value={MASK}"),
    _Rule(re.compile(r"(?i)\b(authorization|cookie):[^\n]*"), ("ookie", "uthoriz"), rf"\1: {MASK}"),
    _Rule(re.compile(r"(?i)\b(bearer|basic) +[\w\-.~+/]{12,}=*"), ("earer", "asic"), rf"\1 {MASK}"),
    _Rule(re.compile(r"(?<=://)[^\s/@]*:[^\s/@]*@"), ("://",), f"{MASK}@"),
    _Rule(re.compile(r"(?<=/invitations/)(?!accept\b)[^\s/?#\"']+"), ("/invitations/",)),
    _Rule(re.compile(r"(?<![^\s@\"<>(),:;\[\]\\])[^\s@\"<>(),:;\[\]\\]+@[\w.\-]+\.\w{2,}"), ("@",)),
    _Rule(re.compile(r"\beyJ[\w\-]{5,}\.[\w\-]{5,}(?:\.[\w\-]*)?"), ("eyJ",)),
    _Rule(re.compile(r"\b(?:AIza|sk-)[\w\-]{16,}"), ("AIza", "sk-")),
    # Long and of mixed characters is what our random tokens are; a hash, an id or a trace is not.
    _Rule(
        re.compile(r"(?<![\w\-])(?=[\w\-]*[A-Z])(?=[\w\-]*[a-z])(?=[\w\-]*[0-9])[\w\-]{40,}(?![\w\-])"), ("",)
    ),
    _Rule(re.compile(r"(?<![\w+])\+[1-9][0-9]{6,14}(?![0-9])"), ("+",)),
    # Two numbers side by side with three decimals and more are a place to within a hundred metres.
    _Rule(re.compile(r"-?\b[0-9]{1,3}\.[0-9]{3,}\s*[,;|/ ]\s*-?[0-9]{1,3}\.[0-9]{3,}"), (".",)),
    _Rule(re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.]*\w)"), (".",), _cut_v4),
    _Rule(re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:.])"), (":",), _cut_v6),
)


def masked(text: str, known: Iterable[str] = ()) -> str:
    """The text without what is private: the `known` values in any case, and all that looks like it."""
    text = _without_values(text[:LONGEST], known)
    if _PLAIN.fullmatch(text):
        return text
    text = _without_fields(text)
    for rule in _RULES:
        if any(hint in text for hint in rule.hints):
            text = rule.form.sub(rule.instead, text)
    return text


def is_private(field: str) -> bool:
    """Whether what is in a field of that name, snake_case or camelCase, is never told."""
    return _FIELD.fullmatch(field) is not None


def _without_values(text: str, known: Iterable[str]) -> str:
    lowered = text.lower()
    forms = {form for value in known if value.strip() for form in _forms(value)}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        if form.lower() in lowered:
            bounds = ("", "") if len(form) >= SHORT else (r"(?<!\w)", r"(?!\w)")
            text = re.sub(re.escape(form).join(bounds), MASK, text, flags=re.IGNORECASE)
    return text


def _forms(value: str) -> set[str]:
    """How a value is written by whoever repeats it: as it is, in JSON, by `repr`, in an address."""
    return {
        value.strip(),
        json.dumps(value)[1:-1].strip(),
        json.dumps(value, ensure_ascii=False)[1:-1].strip(),
        repr(value)[1:-1].strip(),
        quote(value, safe=""),
        quote_plus(value),
    }


def _without_fields(text: str) -> str:
    """`name=value`, as in addresses and by `repr`, and `"name": value`, as in JSON, without the value."""
    kept, done = [], 0
    for found in _NAMED.finditer(text):
        if found.start() < done or not is_private(found[1] or found[3]):
            continue
        if value := _VALUE.match(text, found.end()):
            kept += [text[done : found.end()], MASK]
            done = value.end()
    return "".join([*kept, text[done:]])
