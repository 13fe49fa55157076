"""The expression half of the grammar: operators by precedence, from `??` down to literals and paths."""

import re
from collections.abc import Callable, Mapping

from devstack.cosmos.errors import Refused, bad_request
from devstack.cosmos.sql.expressions import (
    Aggregate,
    ArrayOf,
    Call,
    Coalesce,
    Comparison,
    Constant,
    Expression,
    Like,
    Logical,
    Member,
    Name,
    Not,
    ObjectOf,
)
from devstack.cosmos.sql.functions import AGGREGATES, FUNCTIONS, OPERATORS
from devstack.cosmos.sql.tokens import Kind, Token, tokenize
from devstack.cosmos.values import UNDEFINED, Json, double

_LITERALS: dict[str, Json] = {"TRUE": True, "FALSE": False, "NULL": None}
_LONGEST_WHOLE = 20  # digits; longer ones are doubles anyway
_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")


class ExpressionParser:
    """A cursor over the tokens of one text, and the rules for expressions."""

    def __init__(self, sql: str, parameters: Mapping[str, Json]) -> None:
        """Start at the first token; `names` collects the aliases that expressions may use."""
        self._tokens = tokenize(sql)
        self._parameters = parameters
        self.cursor = 0
        self.names: set[str] = set()
        self.aggregated = False
        self.loose_names = False  # an alias was used outside any aggregate

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

    def expression(self) -> Expression:
        """Any expression."""
        left = self._disjunction()
        while self.take_operator("??"):
            left = Coalesce(left, self._disjunction())
        return left

    def _disjunction(self) -> Expression:
        operands = [self._conjunction()]
        while self.take_word("OR"):
            operands.append(self._conjunction())
        return Logical(decisive=True, operands=tuple(operands)) if len(operands) > 1 else operands[0]

    def _conjunction(self) -> Expression:
        operands = [self._negation()]
        while self.take_word("AND"):
            operands.append(self._negation())
        return Logical(decisive=False, operands=tuple(operands)) if len(operands) > 1 else operands[0]

    def _negation(self) -> Expression:
        return Not(self._negation()) if self.take_word("NOT") else self._condition()

    def _condition(self) -> Expression:
        left = self._sum()
        if operator := self.take_operator(*_COMPARISONS):
            return Comparison("!=" if operator == "<>" else operator, left, self._sum())
        if self.take_word("NOT"):
            return Not(self._membership(left))
        return self._membership(left) if self.at_word("IN", "BETWEEN", "LIKE") else left

    def _membership(self, left: Expression) -> Expression:
        if self.take_word("IN"):
            self.expect_operator("(")
            choices = self.closed_by(")", self.expression)
            equalities = tuple(Comparison("=", left, choice) for choice in choices)
            return Logical(decisive=True, operands=equalities)
        if self.take_word("BETWEEN"):
            low = self._sum()
            self.expect_word("AND")
            bounds = (Comparison(">=", left, low), Comparison("<=", left, self._sum()))
            return Logical(decisive=False, operands=bounds)
        self.expect_word("LIKE")
        return Like(left, self._pattern())

    def _pattern(self) -> re.Pattern[str]:
        pattern = self.primary()
        if not isinstance(pattern, Constant) or not isinstance(pattern.value, str) or "[" in pattern.value:
            raise bad_request("LIKE takes a text or parameter whose only wildcards are % and _.")
        wildcards = {"%": ".*", "_": "."}
        return re.compile("".join(wildcards.get(c) or re.escape(c) for c in pattern.value), re.DOTALL)

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self.take_operator("+", "-", "||"):
            left = Call(OPERATORS[operator], (left, self._product()))
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while operator := self.take_operator("*", "/", "%"):
            left = Call(OPERATORS[operator], (left, self._signed()))
        return left

    def _signed(self) -> Expression:
        if self.take_operator("-"):
            return Call(OPERATORS["-"], (Constant(0), self._signed()))
        return self.primary()

    def primary(self) -> Expression:
        """A literal, parameter, alias, call or bracket, with the `.name` and `[index]` that follow it."""
        node = self._atom()
        while operator := self.take_operator(".", "["):
            if operator == ".":
                node = Member(node, Constant(self.expect_kind("word")))
            else:
                node = Member(node, self.expression())
                self.expect_operator("]")
        return node

    def _atom(self) -> Expression:
        token = self.current
        match token.kind:
            case "string":
                return Constant(self.expect_kind("string"))
            case "number":
                return self._number()
            case "parameter":
                return self._parameter()
            case "word":
                return self._word()
            case _:
                return self._bracket()

    def _number(self) -> Expression:
        text = self.expect_kind("number")
        is_whole = text.isdecimal() and len(text) <= _LONGEST_WHOLE
        value = double(int(text) if is_whole else float(text))
        if value is UNDEFINED:
            raise bad_request("A number of the query is beyond what a double can hold, about 1.8e308.")
        return Constant(value)

    def _parameter(self) -> Expression:
        name = self.expect_kind("parameter")
        if name not in self._parameters:
            raise bad_request(f"The query uses {name}: add it to the parameters.")
        return Constant(self._parameters[name])

    def _word(self) -> Expression:
        word = self.expect_kind("word")
        if self.take_operator("("):
            return self._call(word.upper())
        if word in self.names:
            self.loose_names = True
            return Name(word)
        if word.upper() in _LITERALS:
            return Constant(_LITERALS[word.upper()])
        if word.lower() == "undefined":
            return Constant(UNDEFINED)
        raise bad_request(f"Identifier '{word}' could not be resolved: use the alias that FROM gives.")

    def _call(self, name: str) -> Expression:
        if self.at_word("SELECT"):
            raise bad_request("Subqueries are not supported: use JOIN ... IN or ARRAY_CONTAINS.")
        if name in AGGREGATES:
            return self._aggregate(name)
        arguments = tuple(self.closed_by(")", self.expression))
        signature = FUNCTIONS.get(name)
        if signature is None:
            raise bad_request(f"'{name}' is not a recognized built-in function name.")
        if not signature.least <= len(arguments) <= signature.most:
            raise bad_request(
                f"{name} takes {signature.least} to {signature.most} arguments, not {len(arguments)}."
            )
        return Call(signature.function, arguments)

    def _aggregate(self, name: str) -> Expression:
        loose_names = self.loose_names
        argument = self.expression()
        self.expect_operator(")")
        self.aggregated, self.loose_names = True, loose_names
        return Aggregate(AGGREGATES[name], argument)

    def _bracket(self) -> Expression:
        if self.take_operator("["):
            return ArrayOf(tuple(self.closed_by("]", self.expression)))
        if self.take_operator("{"):
            return ObjectOf(tuple(self.closed_by("}", self._member)))
        if not self.take_operator("("):
            raise self.syntax_error()
        if self.at_word("SELECT"):
            raise bad_request("Subqueries are not supported: use JOIN ... IN or ARRAY_CONTAINS.")
        node = self.expression()
        self.expect_operator(")")
        return node

    def _member(self) -> tuple[str, Expression]:
        name = self.expect_kind("word", "string")
        self.expect_operator(":")
        return name, self.expression()
