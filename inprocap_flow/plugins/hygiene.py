"""What a hook file may contain, checked on its tree before anything in it runs.

This is hygiene, not a sandbox: it keeps honest files pure and makes a dishonest one stand out. Whoever allows a
folder vouches for what lies in it.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType

from inprocap_flow import hooks
from inprocap_flow.errors import Place, Problem

MAX_BYTES = 200_000
HOOKS = "inprocap_flow.hooks"
PURE_MODULES = frozenset(
    {
        *("__future__", "abc", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "decimal"),
        *("enum", "fractions", "functools", "heapq", "itertools", "math", "numbers", "re", "statistics", "string"),
        *("textwrap", "types", "typing", "unicodedata", "zoneinfo"),
    }
)
"""The part of the standard library that computes and touches nothing: no files, network, processes, clock, chance."""

ONLY_FROM = {"types": frozenset({"MappingProxyType"})}  # the rest of it makes functions and code

_NAMES = frozenset(
    {
        *("open", "exec", "eval", "compile", "input", "print", "breakpoint", "help", "exit", "quit", "globals"),
        *("locals", "vars", "dir", "getattr", "setattr", "delattr", "memoryview", "object"),
        *("id", "hash"),  # differ from run to run
        *("getcontext", "setcontext", "DefaultContext"),  # would change the precision of everybody's decimals
        *("BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit"),  # would leave through every door
    }
)
_ATTRIBUTES = frozenset(
    {
        *("gi_frame", "gi_code", "tb_frame", "f_back", "f_globals", "f_locals", "f_builtins"),  # ways to the caller
        *("getcontext", "setcontext"),  # the precision of everybody's decimals
    }
)
_CLOCKS = frozenset({"now", "today", "utcnow"})  # as calls; view.now and view.today are values
_CAUGHT = frozenset({"Exception", "HookFailed", "NotDeclared", "ValueMissing", "FlowError"})
_MAKERS = frozenset(
    {
        *("frozenset", "tuple", "MappingProxyType", "Decimal", "Fraction", "Money", "Percent", "Period", "date"),
        *("timedelta", "ZoneInfo", "re.compile", "TypeVar", "NewType", "field", "auto", "Fields", "Tracks", "Lists"),
    }
)
_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def problems_in(source: bytes, file: str) -> list[Problem]:
    """Return everything in a hook file that keeps it from being loaded; nothing in it is run."""
    if len(source) > MAX_BYTES:
        fact = f"the file has {len(source)} bytes; at most {MAX_BYTES} are read"
        return [Problem(Place(file), "hook-file", fact, "split it, or keep data in the organisation's lists")]
    try:
        text = source.decode("utf-8")
        tree = ast.parse(text, file)
        return _Reader(file, text.splitlines()).read(tree)
    except UnicodeDecodeError:
        return [Problem(Place(file), "hook-file", "the file is not UTF-8", "save it as UTF-8")]
    except (SyntaxError, ValueError) as error:  # ValueError: a null character, or a number of absurd length
        line, column = getattr(error, "lineno", 0) or 0, getattr(error, "offset", 0) or 0
        fact = f"this is not Python: {getattr(error, 'msg', error)}"
        return [Problem(Place(file, line, column), "hook-syntax", fact, "correct it")]
    except (RecursionError, MemoryError):
        return [Problem(Place(file), "hook-file", "the file is nested too deeply to be read", "simplify it")]


@dataclass
class _Reader:
    """Walks one tree and collects problems.

    ``modules`` are the names under which whole modules were imported, ``shared`` what outlives one call of a hook.
    """

    file: str
    lines: list[str]
    found: list[Problem] = field(default_factory=list)
    modules: dict[str, ModuleType] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def read(self, tree: ast.Module) -> list[Problem]:
        self.shared |= set(_bound_at_top(tree))
        for statement in tree.body:
            self._top_level(statement)
        for name, nodes in _defined(tree).items():
            for again in nodes[1:]:
                first = f"{self.file}:{nodes[0].lineno}"
                self._say(again, "hook-duplicate", f"`{name}` is defined already in {first}", "give it another name")
        module_uses = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            self._anywhere(node, is_base=id(node) in module_uses)
        return sorted(self.found, key=lambda problem: problem.sort_key)

    def _say(self, node: ast.AST, code: str, fact: str, mend: str) -> None:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self.found.append(Problem(Place(self.file, line, column), code, fact, mend, source_line=shown))

    def _top_level(self, node: ast.stmt) -> None:
        match node:
            case ast.Import():
                for alias in node.names:
                    self._whole_module(node, alias)
            case ast.ImportFrom():
                self._names_from(node)
            case ast.Assign(value=value) | ast.AnnAssign(value=value):
                self._constant(node, value)
            case ast.ClassDef():
                self._class(node)
            case ast.FunctionDef() | ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                mend = "keep imports, constants, functions and dataclasses at the top level"
                self._say(node, "hook-statement", "this runs when the file is loaded", mend)

    def _whole_module(self, node: ast.stmt, alias: ast.alias) -> None:
        if alias.name == HOOKS or alias.name in ONLY_FROM:
            self._say(node, "hook-import", f"`{alias.name}` is imported whole", f"write from {alias.name} import ...")
        elif alias.name not in PURE_MODULES:
            self._refuse_module(node, alias.name)
        else:
            bound = alias.asname or alias.name.partition(".")[0]
            self.modules[bound] = importlib.import_module(alias.name if alias.asname else bound)

    def _names_from(self, node: ast.ImportFrom) -> None:
        name = "." * node.level + (node.module or "")
        if name != HOOKS and name not in PURE_MODULES:
            self._refuse_module(node, name)
            return
        module = importlib.import_module(name)
        for alias in node.names:
            offered = hooks.__all__ if name == HOOKS else ONLY_FROM.get(name, dir(module))
            if alias.name not in offered or not _is_open(module, alias.name):
                mend = "import public names, one by one"
                self._say(node, "hook-import", f"`{alias.name}` of {name} is not for hooks", mend)

    def _refuse_module(self, node: ast.stmt, name: str) -> None:
        mend = f"import only {HOOKS} and {', '.join(sorted(PURE_MODULES))}"
        self._say(node, "hook-import", f"`{name}` may not be imported", mend)

    def _constant(self, node: ast.AST, value: ast.expr | None) -> None:
        if value is not None and not _is_constant(value):
            mend = "use numbers, text, tuples, frozenset(...) or MappingProxyType({...})"
            self._say(node, "hook-statement", "this is no constant: it can change, or it runs code", mend)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = {_dotted(_called(decorator)) for decorator in node.decorator_list}
        bases = {_dotted(base).rpartition(".")[2] for base in node.bases}
        if not decorators & {"dataclass", "dataclasses.dataclass"} and not bases & {"Enum", "StrEnum", "NamedTuple"}:
            self._say(node, "hook-statement", f"the class `{node.name}` is no record", "make it a frozen dataclass")
        for inner in node.body:
            if isinstance(inner, ast.Assign | ast.AnnAssign):
                self._constant(inner, inner.value)

    def _anywhere(self, node: ast.AST, *, is_base: bool) -> None:
        match node:
            case ast.Name(id=name):
                self._name(node, name, is_base=is_base)
            case ast.Attribute():
                self._attribute(node)
            case ast.arguments():
                for default in [*node.defaults, *node.kw_defaults]:
                    self._constant(default or node, default)
            case ast.Call(func=ast.Attribute(attr=attribute)) if attribute in _CLOCKS:
                self._say(node, "hook-clock", f"`.{attribute}()` asks the clock", "use view.now or view.today")
            case ast.ExceptHandler():
                self._handler(node)
            case ast.Global() | ast.Nonlocal():
                self._say(node, "hook-statement", "a hook remembers nothing", "pass the value and return it")
            case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                self._say(node, "hook-statement", "a hook waits for nothing", "write a plain function")
            case ast.Import() | ast.ImportFrom() if node.col_offset:
                self._say(node, "hook-import", "an import inside a function", "import at the top of the file")
            case _:
                pass

    def _name(self, node: ast.Name, name: str, *, is_base: bool) -> None:
        if name in _NAMES or (name.startswith("__") and name != "__all__"):
            self._say(node, "hook-name", f"`{name}` is not for hooks", "a hook only computes; name things otherwise")
        elif name in self.modules and not is_base:
            self._say(node, "hook-name", f"the module `{name}` is handed on", f"write {name}.something instead")

    def _attribute(self, node: ast.Attribute) -> None:
        if (node.attr.startswith("__") and node.attr != "__post_init__") or node.attr in _ATTRIBUTES:
            self._say(node, "hook-name", f"`.{node.attr}` reaches behind the value", "use the public names")
        elif not isinstance(node.ctx, ast.Load) and _dotted(node.value) in self.shared:
            self._say(node, "hook-statement", "a hook remembers nothing", "pass the value and return it")
        elif isinstance(node.value, ast.Name) and node.value.id in self.modules:
            module = self.modules[node.value.id]
            if not _is_open(module, node.attr):
                fact = f"`{node.value.id}.{node.attr}` is not for hooks"
                self._say(node, "hook-import", fact, "import what you need by its own name")

    def _handler(self, node: ast.ExceptHandler) -> None:
        names = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for name in names:
            if name is None or _dotted(name) in _CAUGHT:
                self._say(node, "hook-except", "this would swallow a refusal", "catch the one error that you expect")


def _defined(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    defined: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.setdefault(node.name, []).append(node)
    return defined


def _bound_at_top(tree: ast.Module) -> Iterator[str]:
    """Names that outlive one call: what is imported, defined or assigned at the top of the file."""
    yield from _defined(tree)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_open(module: ModuleType, name: str) -> bool:
    """Whether *name* is a public thing of *module* and no door into another module (``re.enum`` leads to ``sys``)."""
    if name.startswith("_"):
        return False
    full = f"{module.__name__}.{name}"
    return full in PURE_MODULES or not isinstance(getattr(module, name, None), ModuleType)


def _is_constant(node: ast.expr) -> bool:
    return all(_is_fixed(inner) for inner in _outside_makers(node))


def _outside_makers(node: ast.expr) -> Iterator[ast.AST]:
    """Walk *node*, but let a frozen container be made from a list, dict or set that is written out in its call."""
    yield node
    frozen = isinstance(node, ast.Call) and _dotted(node.func) in {"frozenset", "tuple", "MappingProxyType"}
    for child in ast.iter_child_nodes(node):
        inside = ast.iter_child_nodes(child) if frozen and isinstance(child, _MUTABLE) else (child,)
        for inner in inside:
            if isinstance(inner, ast.expr):
                yield from _outside_makers(inner)


def _is_fixed(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return _dotted(node.func) in _MAKERS
    return not isinstance(node, (*_MUTABLE, ast.GeneratorExp, ast.Lambda, ast.Await, ast.NamedExpr))


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else _dotted(node.value) if isinstance(node, ast.Subscript) else ""
