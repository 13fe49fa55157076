"""ATOM as the service writes it: clients match element names and prefixes literally, so neither may vary."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

_ATOM = "http://www.w3.org/2005/Atom"
_CONNECT = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_COUNTS = "http://schemas.microsoft.com/netservices/2011/06/servicebus"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


class Entry(NamedTuple):
    """One entity: its title, the XML of its description, times in milliseconds since the epoch."""

    title: str
    content: str
    published: int
    updated: int


def element(name: str, text: str) -> str:
    """An element with text."""
    return f"<{name}>{escape(text)}</{name}>"


def description(kind: str, elements: Iterable[str]) -> str:
    """The description of an entity: elements in the service's own namespace."""
    return f'<{kind} xmlns="{_CONNECT}" xmlns:i="{_SCHEMA}">{"".join(elements)}</{kind}>'


def counts(values: Iterable[tuple[str, int]]) -> str:
    """The message counts of an entity, which stand in a namespace and under a prefix of their own."""
    inner = "".join(f"<d2p1:{name}>{value}</d2p1:{name}>" for name, value in values)
    return f'<CountDetails xmlns:d2p1="{_COUNTS}">{inner}</CountDetails>'


def instant(milliseconds: int) -> str:
    """Milliseconds since the epoch as a time in UTC (RFC 3339)."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def document(entry: Entry, *, base: str) -> str:
    """One entry as a document of its own; `base` is the address of the namespace."""
    return _HEAD + _entry(entry, base, f' xmlns="{_ATOM}"')


def feed(title: str, entries: Iterable[Entry], *, base: str, links: dict[str, str], updated: int) -> str:
    """A list of entries; `links` holds addresses by relation, `self` first and `next` when there is more."""
    head = [
        f'<feed xmlns="{_ATOM}"><title type="text">{escape(title)}</title>',
        element("id", links["self"]),
        element("updated", instant(updated)),
        *(f'<link rel="{relation}" href={quoteattr(address)}/>' for relation, address in links.items()),
    ]
    return f"{_HEAD}{''.join(head)}{''.join(_entry(entry, base, '') for entry in entries)}</feed>"


def error(status: int, detail: str) -> str:
    """A refusal."""
    return f"<Error>{element('Code', str(status))}{element('Detail', detail)}</Error>"


def _entry(entry: Entry, base: str, namespace: str) -> str:
    parts = [
        element("id", f"{base}/{entry.title}"),
        f'<title type="text">{escape(entry.title)}</title>',
        element("published", instant(entry.published)),
        element("updated", instant(entry.updated)),
        f"<author>{element('name', 'sbemulatorns')}</author>",
        f'<link rel="self" href={quoteattr(entry.title)}/>',
        f'<content type="application/xml">{entry.content}</content>',
    ]
    return f"<entry{namespace}>{''.join(parts)}</entry>"
