"""The expression half of the grammar: operators by precedence, from `??` down to literals and paths."""

import re
from collections.abc import Mapping

from devstack.cosmos.errors import bad_request
from devstack.cosmos.sql.cursor import Cursor
from devstack.cosmos.sql.expressions import (
    Aggregate,
    ArrayOf,
    Call,
    Coalesce,
    Comparison,
    Constant,
    Exists,
    Expression,
    Like,
    Logical,
    Member,
    Name,
    Not,
    ObjectOf,
)
from devstack.cosmos.sql.functions import AGGREGATES, FUNCTIONS, OPERATORS, if_else
from devstack.cosmos.values import UNDEFINED, Json, double

_LITERALS: dict[str, Json] = {"TRUE": True, "FALSE": False, "NULL": None}
_LONGEST_WHOLE = 20  # digits; longer ones are doubles anyway
_NO_SUBQUERIES = "Only EXISTS (SELECT ... FROM x IN ...) is offered of subqueries: use JOIN ... IN otherwise."
_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")


class ExpressionParser(Cursor):
    """The rules for expressions."""

    def __init__(self, sql: str, parameters: Mapping[str, Json]) -> None:
        """Start at the first token; `names` collects the aliases that expressions may use."""
        super().__init__(sql)
        self._parameters = parameters
        self.names: set[str] = set()
        self.aggregated = False
        self.loose_names = False  # an alias was used outside any aggregate

    def expression(self) -> Expression:
        """Any expression."""
        left = self._disjunction()
        while self.take_operator("??"):
            left = Coalesce(left, self._disjunction())
        if not self.take_operator("?"):
            return left
        met = self.expression()
        self.expect_operator(":")
        return Call(if_else, (left, met, self.expression()))

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
        return re.compile(_regular(pattern.value), re.DOTALL)

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

    def _exists(self) -> Expression:
        self.expect_word("SELECT")
        selection = self.cursor
        self.skip_to_from()
        name = self.expect_kind("word")
        self.expect_word("IN")
        source, outer = self.primary(), set(self.names)
        self.names.add(name)
        condition = self.expression() if self.take_word("WHERE") else Constant(value=True)
        self.expect_operator(")")
        end, self.cursor = self.cursor, selection
        selected = self._selected()
        self.expect_word("FROM")
        self.cursor, self.names = end, outer
        return Exists(name, source, condition, selected)

    def _selected(self) -> Expression:
        """What decides in EXISTS whether a row counts: the bare value, or else that there is a row."""
        if self.take_word("VALUE"):
            return self.expression()
        if not self.take_operator("*"):
            self.separated(self.expression)
        return Constant(value=True)

    def _call(self, name: str) -> Expression:
        if name == "EXISTS":
            return self._exists()
        if self.at_word("SELECT"):
            raise bad_request(_NO_SUBQUERIES)
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
            raise bad_request(_NO_SUBQUERIES)
        node = self.expression()
        self.expect_operator(")")
        return node

    def _member(self) -> tuple[str, Expression]:
        name = self.expect_kind("word", "string")
        self.expect_operator(":")
        return name, self.expression()


def _regular(pattern: str) -> str:
    """The regular expression of a LIKE pattern.

    Behind each % the first place where the next piece fits is taken for good: trying others would find no
    more, and takes for ever on a long text.
    """
    pieces = ["".join("." if c == "_" else re.escape(c) for c in piece) for piece in pattern.split("%")]
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>.*?{piece})" for piece in middle if piece) + ".*" + last
