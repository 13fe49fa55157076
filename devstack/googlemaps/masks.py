"""Response field masks (`X-Goog-FieldMask`): required, checked against the resource, then applied."""

from collections.abc import Collection, Mapping
from typing import Any

from devstack.googlemaps.errors import ApiError, bad_field_path, invalid

type Tree = dict[str, Tree]
"""Wanted fields by name; an empty tree wants everything below."""

EVERYTHING: Tree = {}


def parse_mask(mask: str | None, known: Mapping[str, Collection[str] | None], example: str) -> Tree:
    """Turn `a.b,c` into a tree.

    `known` maps each top-level field to the names allowed below it, None when anything is. Raises ApiError
    400 for a missing mask and for a path that matches no field; spaces are part of a path, as in the real
    service.
    """
    if not mask:
        raise _missing(example)
    if mask == "*":
        return EVERYTHING
    tree: Tree = {}
    for path in mask.split(","):
        steps = path.removesuffix(".*").split(".")
        below = known.get(steps[0], ())
        if steps[0] not in known or (len(steps) > 1 and below is not None and steps[1] not in below):
            raise bad_field_path(path)
        _add(tree, steps)
    return tree


def _missing(example: str) -> ApiError:
    return invalid(
        "FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters on how"
        f" to provide it. As an example, you can set the header 'X-Goog-FieldMask' to value '{example}'."
        " You can also set the value to '*' to get all available response fields for manual inspection."
    )


def _add(tree: Tree, steps: list[str]) -> None:
    """A shorter path wins over the longer ones below it."""
    for step in steps[:-1]:
        if step in tree and not tree[step]:
            return
        tree = tree.setdefault(step, {})
    tree[steps[-1]] = {}


def pick(value: Any, tree: Tree) -> Any:
    """Only the wanted fields of an answer; lists are picked item by item."""
    if not tree:
        return value
    if isinstance(value, list):
        return [pick(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: pick(value[name], below) for name, below in tree.items() if name in value}
