"""C's statements, followed on terms. Nothing is ever compiled or run.

A branch on a number that is not known is decided by the run (`paths`), so each way is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kvmendian.model.solve.terms import make

from .expressions import Expressions, ReadError, named, type_of
from .values import VOID, Value, cast, number, promote

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DEPTH = 16


class Machine(Expressions):
    """Follows the functions of one text, for one access, on one path."""

    _depth = 0
    _result: Any = None

    def call(self, name: str, arguments: list[Any], node: Any) -> Any:  # noqa: ANN401
        """Run one of the text's functions. Raises `ReadError` for one that does not fit."""
        function = self.functions[name]
        head = function.decl.type
        names = [] if head.args is None else [p for p in head.args.params if named(p)]
        if self._depth >= MOST_DEPTH or len(names) != len(arguments):
            raise ReadError(node, f"{name} is called too deeply, or not as it is declared")
        outer, self.scopes = self.scopes, [{}]
        self._depth += 1
        try:
            for parameter, value in zip(names, arguments, strict=True):
                self._declare(parameter, value)
            kind = type_of(head.type, self.access.arch)
            jumped = self._block(function.body)
            if jumped != "return":
                if kind is VOID:
                    return number(0, VOID)
                raise ReadError(function, f"{name} can end without a return")
            made = self._result
            return (
                cast(made, kind) if isinstance(made, Value) and kind not in (None, VOID) else made
            )
        finally:
            self.scopes = outer
            self._depth -= 1

    def _declare(self, node: Any, value: Any) -> None:  # noqa: ANN401
        kind = type_of(node.type, self.access.arch)
        if kind is VOID:
            raise ReadError(node, "a variable of type void")
        if isinstance(value, Value) and kind is not None:
            value = cast(value, kind)
        elif value is not None and isinstance(value, Value) != (kind is not None):
            raise ReadError(node, "a number where a pointer belongs, or the other way round")
        self.scopes[-1][node.name] = [kind, value]

    def _block(self, node: Any) -> str | None:  # noqa: ANN401
        self.scopes.append({})
        jumped = None
        for one in node.block_items or ():
            jumped = self.do(one)
            if jumped:
                break
        self.scopes.pop()
        return jumped

    def do(self, node: Any) -> str | None:  # noqa: ANN401
        """Run a statement; return how it jumps: break, continue, return, or None."""
        self.step(node)
        kind = type(node).__name__
        work: Callable[[Any], str | None] | None = getattr(self, f"_do_{kind}", None)
        if work is not None:
            return work(node)
        self.value(node)
        return None

    def _do_Compound(self, node: Any) -> str | None:  # noqa: ANN401, N802
        return self._block(node)

    def _do_EmptyStatement(self, _: Any) -> None:  # noqa: ANN401, N802
        return None

    def _do_Decl(self, node: Any) -> None:  # noqa: ANN401, N802
        self._declare(node, None if node.init is None else self.value(node.init))

    def _do_DeclList(self, node: Any) -> None:  # noqa: ANN401, N802
        for one in node.decls:
            self._do_Decl(one)

    def _do_If(self, node: Any) -> str | None:  # noqa: ANN401, N802
        branch = node.iftrue if self.holds(node.cond) else node.iffalse
        return self.do(branch) if branch is not None else None

    def _do_Return(self, node: Any) -> str:  # noqa: ANN401, N802
        self._result = number(0, VOID) if node.expr is None else self.value(node.expr)
        return "return"

    def _do_Break(self, _: Any) -> str:  # noqa: ANN401, N802
        return "break"

    def _do_Continue(self, _: Any) -> str:  # noqa: ANN401, N802
        return "continue"

    def _do_For(self, node: Any) -> str | None:  # noqa: ANN401, N802
        self.scopes.append({})
        if node.init is not None:
            self.do(node.init)
        jumped = self._loop(node, node.next, first=True)
        self.scopes.pop()
        return jumped

    def _do_While(self, node: Any) -> str | None:  # noqa: ANN401, N802
        return self._loop(node, None, first=True)

    def _do_DoWhile(self, node: Any) -> str | None:  # noqa: ANN401, N802
        return self._loop(node, None, first=False)

    def _loop(self, node: Any, after: Any, *, first: bool) -> str | None:  # noqa: ANN401
        while not first or node.cond is None or self.holds(node.cond):
            first = True
            jumped = self.do(node.stmt)
            if jumped == "return":
                return jumped
            if jumped == "break":
                return None
            if after is not None:
                self.value(after)
        return None

    def _do_Switch(self, node: Any) -> str | None:  # noqa: ANN401, N802
        chosen = promote(self.integer(node.cond))
        cases = getattr(node.stmt, "block_items", None) or []
        start = None
        for k, case in enumerate(cases):
            if type(case).__name__ == "Case":
                label = cast(self.integer(case.expr), chosen.type)
                if self.run.decide(make("eq", chosen.term, label.term)):
                    start = k
                    break
        if start is None:
            start = next((k for k, c in enumerate(cases) if type(c).__name__ == "Default"), None)
        for case in cases[start:] if start is not None else ():
            for one in case.stmts or () if type(case).__name__ in ("Case", "Default") else [case]:
                jumped = self.do(one)
                if jumped:
                    return None if jumped == "break" else jumped
        return None
