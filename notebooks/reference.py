"""The API reference: a page for each public module, made by pdoc from the docstrings.

`gallery.py` puts the pages into the site. Nothing is searched or loaded from elsewhere: no script,
no font, no index. `notebooks/reference/` has the look; pdoc's own templates have the rest.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import is_dataclass
from importlib import import_module
from inspect import getattr_static
from pathlib import Path

import pdoc.render
from pdoc.doc import Class, Function, Module, Variable
from traitlets import TraitType

import kvmendian

TEMPLATES = Path(__file__).parent / "reference"
FIRST = "reference/kvmendian.html"


class Hexadecimal(int):
    """An integer that shows itself as a person would write it here."""

    def __repr__(self) -> str:
        """Return the hex digits."""
        return hex(self)


def shown(default: object) -> object:
    """Return a default as it is to be shown: an integer of more than 16 bits in hex."""
    return Hexadecimal(default) if type(default) is int and default > 0xFFFF else default


def names() -> tuple[str, ...]:
    """Return the full names of the public modules, the package first.

    Docstrings say which these are: the package's names its folders, and a folder's its modules.
    """
    found = ["kvmendian"]
    for folder in re.findall(r"`(kvmendian\.\w+)`", kvmendian.__doc__ or ""):
        said = import_module(folder).__doc__ or ""
        told = re.search(r"^Public: (.*?)\.$", said, re.MULTILINE | re.DOTALL)
        modules = re.findall(r"`([\w.]+)`", told[1]) if told else []
        found += [folder, *(f"{folder}.{module}" for module in modules)]
    return tuple(found)


def target(name: str) -> str:
    """Return where a module's page lies in the site."""
    return f"reference/{name.replace('.', '/')}.html"


def pages() -> dict[str, tuple[str, str]]:
    """Return for each public module its summary, which is a line of plain text, and its page."""
    for name in kvmendian.__all__:  # pdoc looks into a module's own names: load those that wait
        setattr(kvmendian, name, getattr(kvmendian, name))
    pdoc.render.configure(
        docformat="markdown", show_source=False, search=False, template_directory=TEMPLATES
    )
    documented = {name: Module.from_name(name) for name in names()}
    with warnings.catch_warnings():  # of types that are imported for a type checker alone
        warnings.filterwarnings("ignore", "Error parsing type annotation", UserWarning)
        tell_constants(documented)
        show_fields(documented)
        return {
            name: (summary(module.docstring), pdoc.render.html_module(module, documented))
            for name, module in documented.items()
        }


def summary(docstring: str) -> str:
    """Return the first sentence of a docstring, without marks."""
    return " ".join(re.sub("[`*]", "", docstring.partition("\n\n")[0]).split())


def tell_constants(documented: dict[str, Module]) -> None:
    """Give a constant that is named again elsewhere the docstring that it has in its module."""
    constants = [
        one
        for module in documented.values()
        for one in module.members.values()
        if isinstance(one, Variable)
    ]
    told = {id(one.default_value): one.docstring for one in constants if one.docstring}
    for one in constants:
        one.docstring = one.docstring or told.get(id(one.default_value), "")


def show_fields(documented: dict[str, Module]) -> None:
    """Show what a class is made of: a dataclass by its fields, a widget by its traits' defaults.

    pdoc prefers a dataclass's own `__new__`, and says of each trait what its type is for.
    """
    classes = [
        one
        for module in documented.values()
        for one in module.members.values()
        if isinstance(one, Class)
    ]
    for one in classes:
        if is_dataclass(one.obj) and "__new__" in vars(one.obj):
            where = one.members["__init__"]
            one.members["__init__"] = Function(
                where.modulename, where.qualname, one.obj.__init__, where.taken_from
            )
        for name, member in one.members.items():
            if member.taken_from[1].startswith("_"):  # a base that has no page
                member.taken_from = (one.modulename, f"{one.qualname}.{name}")
            trait = getattr_static(one.obj, name, None)
            if isinstance(trait, TraitType):
                member.docstring = ""
                member.default_value = shown(trait.default_value)
            elif isinstance(member, Function):
                parameters = member.signature.parameters.values()
                member.signature = member.signature.replace(
                    parameters=[p.replace(default=shown(p.default)) for p in parameters]
                )
