"""Reads a Bicep file as plain values: literals come out as Python, other expressions as their source text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

INFRA = Path(__file__).parents[2] / "infra" / "bicep"
MAIN = INFRA / "main.bicep"
PARTS = sorted((INFRA / "parts").glob("*.bicep"))
MODULES = sorted((INFRA / "modules").glob("*.bicep"))
KINDS = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "output_declaration": "output",
    "type_declaration": "type",
    "resource_declaration": "resource",
    "module_declaration": "module",
}
_parser = Parser(Language(tree_sitter_bicep.language()))


@dataclass(frozen=True)
class Declaration:
    """`target` is the type of a resource or the file of a module, `value` the body or default."""

    kind: str
    name: str
    target: str
    value: Any
    is_described: bool
    is_existing: bool


@dataclass(frozen=True)
class BicepFile:
    """The declarations of a file in their order."""

    path: Path
    declarations: list[Declaration] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, Declaration]:
        """Declarations of a kind by name."""
        return {one.name: one for one in self.declarations if one.kind == kind}

    def resources(self, type_name: str) -> list[dict[str, Any]]:
        """Bodies of the resources of a type that the file makes, loops counted once."""
        return [
            one.value
            for one in self.of("resource").values()
            if one.target.partition("@")[0].lower() == type_name.lower() and not one.is_existing
        ]


def read(path: Path) -> BicepFile:
    """Parse a file; raises ValueError when it is no Bicep."""
    return _parse(path, path.read_text())


def _parse(path: Path, text: str) -> BicepFile:
    root = _parser.parse(text.encode()).root_node
    if root.has_error:
        raise ValueError(f"{path} does not parse.")
    return BicepFile(path, list(_declarations(root)))


def parameters(name: str) -> dict[str, Any]:
    """Values of a parameter file; the grammar knows its assignments only as variables."""
    path = INFRA / f"{name}.bicepparam"
    text = re.sub(r"^param (\w+) =", r"var \1 =", path.read_text(), flags=re.M)
    variables = _parse(path, text.replace("using 'main.bicep'\n", "")).of("var")
    return {name: one.value for name, one in variables.items()}


def module(name: str) -> BicepFile:
    """A module by its name."""
    return read(INFRA / "modules" / f"{name}.bicep")


def part(name: str) -> BicepFile:
    """A part of a site, which composes modules, by its name."""
    return read(INFRA / "parts" / f"{name}.bicep")


def _declarations(root: Node) -> Iterator[Declaration]:
    decorators = ""
    for node in root.named_children:
        if node.type == "decorators":
            decorators = _text(node)
        elif node.type in KINDS:
            yield _declaration(node, decorators)
            decorators = ""


def _declaration(node: Node, decorators: str) -> Declaration:
    name, *rest = node.named_children
    kind = KINDS[node.type]
    target = _text(rest[0]).strip("'") if kind in ("resource", "module") else ""
    return Declaration(
        kind=kind,
        name=_text(name),
        target=target,
        value=value_of(rest[-1]) if rest else None,
        is_described="@description(" in decorators,
        is_existing=any(child.type == "existing" for child in node.children),
    )


def value_of(node: Node) -> Any:
    """A literal as Python; the body of a loop or condition; else the source text."""
    if node.type == "object":
        return dict(_property(child) for child in node.named_children if child.type == "object_property")
    if node.type == "array":
        return [value_of(child) for child in node.named_children]
    if node.type in ("for_statement", "if_statement"):
        return value_of(node.named_children[-1])
    text = _text(node)
    if node.type == "string" and "${" not in text:
        return text.strip("'")
    simple = {"true": True, "false": False, "null": None}
    return int(text) if node.type == "number" else simple.get(text, text)


def _property(node: Node) -> tuple[str, Any]:
    key, value = node.named_children[0], node.named_children[-1]
    return _text(key).strip("'"), value_of(value)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
