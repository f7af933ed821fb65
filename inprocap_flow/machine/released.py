"""Reading a released version back, by whatever release of this program it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.canonical import digest, from_plain
from inprocap_flow.language.model import Definition
from inprocap_flow.machine.table import FIRST_FORM, FORM, LineTable, Machine


def form_of(plain: Mapping[str, Any]) -> int:
    """Return the number of the form in which the tables of a released version are written."""
    form = plain.get("form", FIRST_FORM)
    if isinstance(form, bool) or not isinstance(form, int) or form < FIRST_FORM:
        raise DefinitionDefect(f"a released version says that its form is {form!r}", mend="restore the database")
    return form


def from_released(plain: Mapping[str, Any], content_hash: str = "") -> Machine:
    """Return the machine that `released_form` wrote, by this program or another.

    Tables of an older form are not read but derived again from the definition, which takes the state-machine library
    and a moment; the version keeps its hash. Raises DefinitionDefect for a newer form, and for what cannot be read.
    """
    form = form_of(plain)
    if form > FORM:
        fact = f"a version was released by a newer program: its tables are of form {form}, and this one reads {FORM}"
        raise DefinitionDefect(fact, mend="use that version of inprocap-flow, or a newer one")
    try:
        definition = from_plain(Definition, plain["definition"])
        tables = None if form < FORM else {k: from_plain(LineTable, table) for k, table in plain["tables"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        fact = f"a released version cannot be read by this program ({type(wrong).__name__}: {wrong})"
        raise DefinitionDefect(fact, mend="use the version of inprocap-flow that released it") from wrong
    if tables is None:
        from inprocap_flow.machine.compile import compile_definition  # only here: it takes the library

        tables = dict(compile_definition(definition).tables)
    return Machine(definition, tables, content_hash or digest(plain))
