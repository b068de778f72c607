"""C's types and expressions, followed on terms; the statements are in `cinterp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from . import calls as ccalls
from .calls import Access, Opaque
from .values import (
    BOOL,
    VOID,
    Type,
    UndefinedError,
    Value,
    cast,
    compute,
    literal,
    long,
    number,
    true,
    unary,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kvmendian.model.solve.paths import Run
    from kvmendian.model.solve.terms import Term

MOST_STEPS = 20_000
_NAMES = {
    "u8": (8, False), "u16": (16, False), "u32": (32, False), "u64": (64, False),
    "s8": (8, True), "s16": (16, True), "s32": (32, True), "s64": (64, True),
    "char": (8, False), "short": (16, True), "int": (32, True), "bool": (8, False),
}  # fmt: skip
TYPEDEFS = {
    **{f"{p}u{n}": f"u{n}" for p in ("", "__") for n in (8, 16, 32, 64)},
    **{f"{p}s{n}": f"s{n}" for p in ("", "__") for n in (8, 16, 32, 64)},
    **{f"uint{n}_t": f"u{n}" for n in (8, 16, 32, 64)},
    **{f"int{n}_t": f"s{n}" for n in (8, 16, 32, 64)},
    **{f"__{e}{n}": f"u{n}" for e in ("le", "be") for n in (16, 32, 64)},
    "bool": "bool", "_Bool": "bool", "uint": "u32", "ulong": "ulong", "size_t": "ulong",
    "gfn_t": "u64", "gpa_t": "u64", "phys_addr_t": "u64",
}  # fmt: skip


class ReadError(Exception):
    """Something that is not taken, or that C leaves undefined, and where it stands."""

    def __init__(self, node: Any, why: str) -> None:  # noqa: ANN401 - pycparser's, without types
        """Keep the place and the reason."""
        super().__init__(why)
        self.why = why
        self.line = getattr(getattr(node, "coord", None), "line", 0) or 0
        self.column = getattr(getattr(node, "coord", None), "column", None) or 1


def type_of(node: Any, arch: str) -> Type | None:  # noqa: ANN401, C901, PLR0911 - a kind each
    """Return the integer type that a declaration names; None for a pointer to something.

    Raises `ReadError` for any other type.
    """
    kind = type(node).__name__
    if kind in ("Decl", "Typename", "TypeDecl"):
        return type_of(node.type, arch)
    if kind == "PtrDecl":
        return None
    if kind != "IdentifierType":
        raise ReadError(node, "this type is not taken")
    names = [name for name in node.names if name not in ("signed", "unsigned")]
    minus, plus = "signed" in node.names, "unsigned" in node.names
    if names == ["void"]:
        return VOID
    if len(names) == 1 and names[0] in TYPEDEFS:
        names = [TYPEDEFS[names[0]]]
    if names and names[0] == "ulong":
        return long(arch, signed=False)
    if names and set(names) <= {"long", "int"} and "long" in names:
        if names.count("long") == 2:
            return Type("long long", 64, signed=not plus)
        return long(arch, signed=not plus)
    base = next((n for n in names if n != "int"), "int")
    if base not in _NAMES or len(set(names) - {"int"}) > 1:
        raise ReadError(node, f"the type {' '.join(node.names)} is not taken")
    bits, signed = _NAMES[base]
    if base == "bool":
        return BOOL
    return Type(" ".join(node.names), bits, signed=minus or (signed and not plus))


class Expressions:
    """What an expression gives, for one access, on one path."""

    def __init__(self, functions: Mapping[str, Any], access: Access, run: Run, data: Term) -> None:
        """Take the parsed functions by name."""
        self.functions, self.access, self.run, self.data = functions, access, run, data
        self.register: Value | None = None
        self.steps = 0
        self.scopes: list[dict[str, list[Any]]] = []

    def call(self, name: str, arguments: list[Any], node: Any) -> Any:  # noqa: ANN401 - Value or Opaque
        """Run one of the text's functions."""
        raise NotImplementedError

    def step(self, node: Any) -> None:  # noqa: ANN401
        """Count a step; end what has no end."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ReadError(node, f"no end after {MOST_STEPS:,} steps")

    def holds(self, node: Any) -> bool:  # noqa: ANN401
        """Return whether a condition holds, on this path."""
        value = self.value(node)
        return True if isinstance(value, Opaque) else self.run.decide(true(value))

    def integer(self, node: Any) -> Value:  # noqa: ANN401
        """Return the number that an expression gives."""
        value = self.value(node)
        if not isinstance(value, Value) or value.type is VOID:
            raise ReadError(node, "is no number")
        return value

    def value(self, node: Any) -> Any:  # noqa: ANN401 - Value or Opaque
        """Return what an expression gives."""
        self.step(node)
        work = getattr(self, f"_of_{type(node).__name__}", None)
        if work is None:
            raise ReadError(node, f"{type(node).__name__} is not taken")
        try:
            return work(node)
        except (UndefinedError, TypeError) as error:
            raise ReadError(node, str(error)) from None

    def _of_Constant(self, node: Any) -> Value:  # noqa: ANN401, N802
        if node.type == "char" and len(node.value) == 3:
            return number(ord(node.value[1]))
        if "int" not in node.type:
            raise ReadError(node, "is no integer")
        return literal(node.value, self.access.arch)

    def _of_ID(self, node: Any) -> Any:  # noqa: ANN401, N802
        slot = self._slot(node)
        if slot is None:
            found = ccalls.macro(node.name, self.access)
            if found is None:
                raise ReadError(node, f"{node.name} is not known")
            return found
        if slot[1] is None:
            raise ReadError(node, f"{node.name} has no value yet")
        return slot[1]

    def _slot(self, node: Any) -> list[Any] | None:  # noqa: ANN401
        return next((s[node.name] for s in reversed(self.scopes) if node.name in s), None)

    def _of_Cast(self, node: Any) -> Any:  # noqa: ANN401, N802
        kind, value = type_of(node.to_type, self.access.arch), self.value(node.expr)
        return cast(value, kind) if kind is not None and isinstance(value, Value) else value

    def _of_TernaryOp(self, node: Any) -> Any:  # noqa: ANN401, N802
        return self.value(node.iftrue if self.holds(node.cond) else node.iffalse)

    def _of_ExprList(self, node: Any) -> Any:  # noqa: ANN401, N802
        return [self.value(one) for one in node.exprs][-1]

    def _of_BinaryOp(self, node: Any) -> Value:  # noqa: ANN401, N802
        if node.op in ("&&", "||"):
            first = self.holds(node.left)
            return number(int(first if first == (node.op == "||") else self.holds(node.right)))
        return compute(node.op, self.integer(node.left), self.integer(node.right), self.run)

    def _of_UnaryOp(self, node: Any) -> Any:  # noqa: ANN401, N802
        if node.op == "sizeof":
            named = type(node.expr).__name__ == "Typename"
            arch = self.access.arch
            kind = type_of(node.expr, arch) if named else self.integer(node.expr).type
            return number((kind.bits if kind else 64) // 8, long(arch, signed=False))
        if node.op in ("++", "--", "p++", "p--"):
            before = self.integer(node.expr)
            self._assign(node.expr, compute(node.op[-1], before, number(1), self.run))
            return before if node.op[0] == "p" else self.integer(node.expr)
        if node.op in ("-", "~", "+", "!"):
            return unary(node.op, self.integer(node.expr))
        raise ReadError(node, f"{node.op} of a value is not taken")

    def _of_Assignment(self, node: Any) -> Any:  # noqa: ANN401, N802
        value = self.value(node.rvalue)
        if node.op != "=":
            value = compute(node.op[:-1], self.integer(node.lvalue), value, self.run)
        self._assign(node.lvalue, value)
        return self.value(node.lvalue) if type(node.lvalue).__name__ == "ID" else value

    def _assign(self, node: Any, value: Any) -> None:  # noqa: ANN401
        kind = type(node).__name__
        if kind == "StructRef":  # vcpu->mmio_needed = 0: nothing that is asked again
            return
        if kind == "UnaryOp" and node.op == "*" and called(node.expr) == "vcpu_reg":
            self.register = cast(value, long(self.access.arch, signed=False))
            return
        slot = self._slot(node) if kind == "ID" else None
        if slot is None:
            raise ReadError(node, "cannot be assigned to")
        slot[1] = cast(value, slot[0]) if slot[0] is not None else value

    def _of_StructRef(self, node: Any) -> Any:  # noqa: ANN401, N802
        if not isinstance(self.value(node.name), Opaque):
            raise ReadError(node, "a field of something that is no structure")
        return ccalls.part(node.field.name, self.access)

    def _of_FuncCall(self, node: Any) -> Any:  # noqa: ANN401, N802
        name = called(node)
        given = node.args.exprs if node.args is not None else []
        found = ccalls.asked(name, self.access)
        if found is not None:
            return found
        unsigned = long(self.access.arch, signed=False)
        if name == "IS_ENABLED" and len(given) == 1 and type(given[0]).__name__ == "ID":
            answer = ccalls.macro(given[0].name, self.access)
            return answer if answer is not None else _not_known(node, given[0].name)
        arguments = [self.value(one) for one in given]
        if name in ccalls.BUFFERS:
            return cast(Value(Type("u64", 64, signed=False), self.data), unsigned)
        if name == "vcpu_set_reg" and len(arguments) == 3 and isinstance(arguments[2], Value):
            self.register = cast(arguments[2], unsigned)
            return number(0, VOID)
        if name in self.functions:
            return self.call(name, arguments, node)
        numbers = [one for one in arguments if isinstance(one, Value) and one.type is not VOID]
        made = ccalls.plain(name, numbers, self.access) if len(numbers) == len(arguments) else None
        return made if made is not None else _not_known(node, name)


def called(node: Any) -> str:  # noqa: ANN401
    """Return the name of the function that a call calls; an empty one where it is no name."""
    name = getattr(node, "name", None)
    return name.name if type(name).__name__ == "ID" else ""  # type: ignore[union-attr]


def named(parameter: Any) -> bool:  # noqa: ANN401
    """Whether a parameter has a name: `void` alone has none."""
    return getattr(parameter, "name", None) is not None


def _not_known(node: Any, name: str) -> NoReturn:  # noqa: ANN401
    raise ReadError(node, f"{name or 'this call'} is not known")
