"""The text of a patch or a file, made ready for a C parser: which lines count, and on which host.

Nothing moves: what is taken away becomes spaces, so a line and a column of the result are those of
the text that was given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from kvmendian.errors import SetupError, show

_HEADER = re.compile(r"(diff --git |index [0-9a-f]+\.\.|--- |\+\+\+ |@@ )")
_COMMENT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\[^'\n]{1,4}|[^'\\\n])'""", re.DOTALL
)
_DIRECTIVE = re.compile(r"\s*#\s*([a-z]+)\b(.*)")
_ATTRIBUTE = re.compile(
    r"\b(?:__always_inline|noinline|notrace|__inline__|__inline|__must_check|__maybe_unused|__user"
    r"|__force|__iomem|__rcu|__pure|__attribute_const__|__init|__hyp_text|__nocfi"
    r"|__attribute__\s*\(\(.*?\)\))(?!\w)"
)
_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_HEAD = re.compile(r"[A-Za-z_][\w *\t]*$")
_KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else"}

BIG = frozenset(
    [
        "CONFIG_CPU_BIG_ENDIAN",
        "__BIG_ENDIAN",
        "__BIG_ENDIAN__",
        "__AARCH64EB__",
        "__ARMEB__",
        "HOST_BIG_ENDIAN",
        "HOST_WORDS_BIGENDIAN",
    ]
)
LITTLE = frozenset(
    [
        "CONFIG_CPU_LITTLE_ENDIAN",
        "__LITTLE_ENDIAN",
        "__LITTLE_ENDIAN__",
        "__AARCH64EL__",
        "__ARMEL__",
    ]
)
ARM64 = frozenset(["CONFIG_ARM64", "CONFIG_64BIT", "__aarch64__"])
ARM = frozenset(["CONFIG_ARM", "__arm__"])

CONDITIONS = (
    "#ifdef, #ifndef, #if defined(…) and #if IS_ENABLED(…) of CONFIG_CPU_BIG_ENDIAN, __BIG_ENDIAN, "
    "__LITTLE_ENDIAN, CONFIG_64BIT"
)


def problem(text: str, offset: int, why: str, allowed: str) -> SetupError:
    """Return an error that says where in the given text something cannot be read."""
    line = text.count("\n", 0, offset) + 1
    start = text.rfind("\n", 0, offset) + 1
    return at(text, line, offset - start + 1, why, allowed)


def at(text: str, line: int, column: int, why: str, allowed: str) -> SetupError:
    """Return an error for a line and a column, both from 1, with the piece that stands there."""
    lines = text.split("\n")
    piece = lines[line - 1][max(column - 1, 0) :] if 0 < line <= len(lines) else ""
    given = f"line {line}, column {column}: {show(piece.strip(), 50)}: {why}"
    return SetupError(given, allowed, "the two functions as they stand in the kernel's tree")


def known(name: str, *, big: bool, arch: str) -> bool | None:
    """Return whether a macro is defined on a host; None for one that is not known.

    >>> known("CONFIG_CPU_BIG_ENDIAN", big=True, arch="arm64"), known("CONFIG_X", big=True, arch="")
    (True, None)
    """
    if name in BIG | LITTLE:
        return big == (name in BIG)
    if name in ARM64 | ARM:
        return (arch == "arm64") == (name in ARM64)
    return None


class Function(NamedTuple):
    """A function definition: where its head begins and its body ends."""

    name: str
    start: int
    end: int


def marks(text: str) -> str:
    r"""Take away quoting and diff marks: `>`, `+` and lines that are gone become spaces.

    >>> marks("> +int x;\n> -int y;\n> @@ -1 +1 @@").split("\n")[0].strip()
    'int x;'
    """
    lines = text.expandtabs(8).split("\n")
    quotes = [re.match(r"(?:> ?)*", line) for line in lines]
    sizes = [match.end() if match else 0 for match in quotes]
    for k, size in enumerate(list(sizes)):  # a single line may be C that begins with `>`
        if size and not any(sizes[max(k - 1, 0) : k] + sizes[k + 1 : k + 2]):
            sizes[k] = 0
    bare = [line[size:] for line, size in zip(lines, sizes, strict=True)]
    headed = any(_HEADER.match(line) for line in bare)
    some = [line for line in bare if line.strip()]
    marked = any(line[0] in "+-" for line in some) and all(line[0] in "+- " for line in some)
    if headed or marked:
        for k, line in enumerate(bare):
            if line.startswith(("-", "@@", "+++", "diff ", "index ", "\\")):
                bare[k] = " " * len(line)
            elif line.startswith("+"):
                bare[k] = " " + line[1:]
    return "\n".join(" " * size + line for line, size in zip(bare, sizes, strict=True))


def _blank(match: re.Match[str]) -> str:
    if match[0][0] in "\"'":
        return match[0]
    return re.sub(r"[^\n]", " ", match[0])


class Source:
    """A text as one host's compiler would see it, and the functions in it."""

    def __init__(self, given: str, *, big: bool, arch: str) -> None:
        """Take away marks and comments, and the lines that are for other hosts."""
        self.given = given.expandtabs(8)
        text = _COMMENT.sub(_blank, marks(given)).replace("\\\n", " \n")
        self.directives: dict[int, str] = {}
        text = "\n".join(self._conditions(text.split("\n"), big, arch))
        self.text = _ATTRIBUTE.sub(lambda m: " " * len(m[0]), text)
        self.functions = {one.name: one for one in self._functions()}

    def _conditions(self, lines: list[str], big: bool, arch: str) -> list[str]:
        stack: list[tuple[bool | None, bool]] = []  # whether the branch is taken; whether one was
        out = []
        for number, line in enumerate(lines):
            match = _DIRECTIVE.match(line)
            if not match:
                taken = [branch for branch, _ in stack]
                if None in taken and False not in taken:
                    self.directives.setdefault(number, "a condition that is not known")
                out.append(" " * len(line) if False in taken else line)
                continue
            out.append(" " * len(line))
            word, rest = match[1], match[2].strip()
            if word in ("if", "ifdef", "ifndef"):
                holds = _condition(word, rest, big, arch)
                stack.append((holds, bool(holds)))
            elif word in ("else", "elif") and stack:
                branch, was = stack[-1]
                holds = True if word == "else" else _condition("if", rest, big, arch)
                now = None if branch is None else (False if was else holds)
                stack[-1] = (now, was or bool(now))
            elif word == "endif" and stack:
                stack.pop()
            elif False not in [branch for branch, _ in stack]:
                self.directives[number] = f"#{word}"
        return out

    def _functions(self) -> list[Function]:
        found: list[Function] = []
        for match in _CALL.finditer(self.text):
            if match[1] in _KEYWORDS or (found and match.start() < found[-1].end):
                continue
            close = self._closing(match.end() - 1, "()")
            if close is None:
                continue
            body = re.compile(r"\s*\{").match(self.text, close)
            if not body:
                continue
            end = self._closing(body.end() - 1, "{}")
            start = self._head(match.start())
            found.append(Function(match[1], start, end if end is not None else -1))
            if end is None:
                break
        return found

    def _closing(self, start: int, pair: str) -> int | None:
        """Return the offset behind the bracket that closes the one at `start`."""
        depth = 0
        for match in re.compile("[" + re.escape(pair) + "]").finditer(self.text, start):
            depth += 1 if match[0] == pair[0] else -1
            if depth == 0:
                return match.end()
        return None

    def _head(self, name: int) -> int:
        """Return where a definition's type begins: on the name's line, or the line before."""
        begin = self.text.rfind("\n", 0, name) + 1
        if not self.text[begin:name].strip() and begin:
            begin = self.text.rfind("\n", 0, begin - 1) + 1
        match = _HEAD.search(self.text[begin:name].replace("\n", " "))
        return begin + match.start() if match else name

    def only(self, names: list[str]) -> str:
        """Return the text, blank but for some functions. Raises `SetupError` if one has no end."""
        keep = [" " if c != "\n" else c for c in self.text]
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        for name in names:
            one = self.functions[name]
            if one.end < 0:
                raise problem(self.given, one.start, "its body has no end", "whole functions")
            keep[one.start : one.end] = self.text[one.start : one.end]
            first, last = bisect_right(starts, one.start), bisect_right(starts, one.end)
            for number in range(first - 1, last):
                if number in self.directives:
                    why = f"{self.directives[number]} is not taken"
                    raise at(self.given, number + 1, 1, why, CONDITIONS)
        return "".join(keep)


def _condition(word: str, rest: str, big: bool, arch: str) -> bool | None:
    """Return whether a condition holds; None where it is not known."""
    if word == "if" and rest in ("0", "1"):
        return rest == "1"
    order = re.fullmatch(r"__BYTE_ORDER(__)? == __(?:ORDER_)?(BIG|LITTLE)_ENDIAN(?:__)?", rest)
    if order:
        return big == (order[2] == "BIG")
    form = r"(!?)\s*(?:defined|IS_ENABLED)\s*\(?\s*(\w+)\s*\)?" if word == "if" else r"()(\w+)"
    match = re.fullmatch(form, rest)
    holds = known(match[2], big=big, arch=arch) if match else None
    return None if holds is None or match is None else holds != (bool(match[1]) or word == "ifndef")
