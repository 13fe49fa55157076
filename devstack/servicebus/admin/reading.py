"""Reads what a client wants a queue to be, from XML of which nothing is expanded, followed or trusted."""

from xml.parsers import expat

_PATH = ["entry", "content", "QueueDescription"]
_MAX_DEPTH = 32


class MalformedEntry(Exception):
    """The body is no ATOM entry with the description of a queue; the message says what is wrong."""


def read_description(body: bytes) -> dict[str, str]:
    """The properties of a queue by element name, as text; those that are given as null are left out.

    Raises MalformedEntry. Document types are refused, and with them entities of the document's own.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 - a positional argument in the C interface
    except expat.ExpatError as error:
        raise MalformedEntry(f"The body is no well-formed XML: {error}.") from error
    if not reader.is_queue:
        raise MalformedEntry("The body must be an entry whose content is a QueueDescription.")
    return {name: text.strip() for name, text in reader.properties.items()}


class _Reader:
    """Collects the text under each child of the description, the text of deeper elements included."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self.is_queue = False
        self._open: list[str] = []
        self.parser = expat.ParserCreate("utf-8", " ")  # whatever encoding the document claims
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name.rpartition(" ")[2])
        if len(self._open) > _MAX_DEPTH:
            raise MalformedEntry(f"Elements are nested more than {_MAX_DEPTH} deep.")
        self.is_queue = self.is_queue or self._open == _PATH
        is_null = any(key.endswith(" nil") and value == "true" for key, value in attributes.items())
        if self._is_property() and not is_null:
            self.properties[self._open[-1]] = ""

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open[:3] == _PATH and len(self._open) > len(_PATH) and self._open[3] in self.properties:
            self.properties[self._open[3]] += text

    def _is_property(self) -> bool:
        return self._open[:-1] == _PATH


def _refuse_doctype(*_declaration: object) -> None:
    raise MalformedEntry("A document type is not accepted here: leave it out.")
