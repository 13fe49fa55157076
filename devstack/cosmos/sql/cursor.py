"""A cursor over the tokens of a query text, with what every rule of the grammar does with one."""

from collections.abc import Callable

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.sql.tokens import Kind, Token, tokenize


class Cursor:
    """A place among the tokens of one text."""

    def __init__(self, sql: str) -> None:
        """Start at the first token."""
        self._tokens = tokenize(sql)
        self.cursor = 0

    @property
    def current(self) -> Token:
        """The token at the cursor."""
        return self._tokens[self.cursor]

    def at_word(self, *words: str) -> bool:
        """Whether a keyword stands here; upper and lower case are the same."""
        return self.current.kind == "word" and self.current.text.upper() in words

    def take_word(self, *words: str) -> bool:
        """Step over the keyword if it stands here."""
        found = self.at_word(*words)
        self.cursor += found
        return found

    def expect_word(self, word: str) -> None:
        """Step over the keyword, or 400."""
        if not self.take_word(word):
            raise self.syntax_error(word)

    def take_operator(self, *operators: str) -> str:
        """Step over one of the operators and return it; empty if none stands here."""
        if self.current.kind == "operator" and self.current.text in operators:
            return self.expect_kind("operator")
        return ""

    def expect_operator(self, operator: str) -> None:
        """Step over the operator, or 400."""
        if not self.take_operator(operator):
            raise self.syntax_error(operator)

    def expect_kind(self, *kinds: Kind) -> str:
        """Step over a token of one of the kinds and return its text, or 400."""
        token = self.current
        if token.kind not in kinds:
            raise self.syntax_error(" or ".join(kinds))
        self.cursor += 1
        return token.text

    def syntax_error(self, wanted: str = "") -> Refused:
        """400 that points at the current token."""
        token = self.current
        near = f"'{token.text}' at {token.position}" if token.text else "the end of the query"
        return bad_request(f"Syntax error near {near}" + (f": expected {wanted}." if wanted else "."))

    def separated[T](self, rule: Callable[[], T]) -> list[T]:
        """One or more of the rule, with commas between."""
        found = [rule()]
        while self.take_operator(","):
            found.append(rule())
        return found

    def closed_by[T](self, closing: str, rule: Callable[[], T]) -> list[T]:
        """None or more of the rule up to the closing bracket."""
        if self.take_operator(closing):
            return []
        found = self.separated(rule)
        self.expect_operator(closing)
        return found

    def skip_to_from(self) -> None:
        """Step over FROM: its aliases must be known before SELECT can be resolved."""
        depth = 0
        while self.current.kind != "end" and not (depth == 0 and self.at_word("FROM")):
            if self.current.kind == "operator":
                depth += (self.current.text in "([{") - (self.current.text in ")]}")
            self.cursor += 2 if self.current.text == "." else 1  # c.from is a property
        self.expect_word("FROM")
