"""What every Python file of the project keeps to: sizes, names, docstrings, purity."""

import ast
import re

from tests.house.source_tree import (
    PURE,
    PythonModule,
    dotted_name,
    identifiers,
    modules_under,
    product_modules,
    python_modules,
)

FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
BANNED_MODULE_NAMES = frozenset(
    ["base", "common", "helper", "helpers", "manager", "managers", "misc", "shared", "stuff", "util", "utils"]
)
# Short forms and vendor slang that the glossary replaces by one whole word.
BANNED_WORDS = frozenset(
    """
    acw amnt camp cmpgn cnt ctx disp dispo dur mgr millis ms num pct percent power pwr qty sec secs
    """.split()  # noqa: SIM905 - a list of twenty quoted words hides the words
)
# Phrases whose meaning differs from vendor to vendor: each of our figures names its two counts.
BANNED_PHRASES = ("answer_rate", "contact_rate", "dial_level", "drop_rate", "rpc_rate", "abandon_rate")
# A lone "contact" may be a record or a conversation; in the dialing half of the house it is neither.
NO_CONTACT = (*PURE, "simulations/")
# Shares are ratios between 0 and 1; only what a person reads is in percent.
SCREENS = ("app/", "agent_console/")
# The only places that may catch everything: they log, and end that one attempt or that one request.
BROAD_EXCEPT_EDGES = ("dialer/adapters/runner.py", "agent_console/error_pages.py")
IMPURE_CALLS = frozenset(
    {
        "breakpoint",
        "date.today",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "input",
        "np.random.seed",
        "numpy.random.seed",
        "open",
        "print",
    }
)
GENERATORS = frozenset({"default_rng", "np.random.default_rng", "numpy.random.default_rng"})
VALUE_MODULES = ("dialer/core/events.py", "dialer/core/commands.py")
BARE_TYPES = frozenset({"bool", "bytes", "datetime", "Decimal", "dict", "float", "int", "list", "str"})
VALUE_SETTINGS = {"frozen": True, "slots": True, "kw_only": True}


def words_of(identifier: str) -> list[str]:
    """Lower-case words that an identifier is made of."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return [word for word in spaced.lower().split("_") if word]


def has_banned_words(identifier: str, path: str) -> bool:
    """Whether a name uses a short form, vendor slang or a word that means two things."""
    words = words_of(identifier)
    if path.startswith(SCREENS):
        words = [word for word in words if word != "percent"]
    if BANNED_WORDS & set(words) or any(phrase in "_".join(words) for phrase in BANNED_PHRASES):
        return True
    return words in (["contact"], ["contacts"]) and path.startswith(NO_CONTACT)


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether an except clause catches everything."""
    caught = handler.type
    named = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or dotted_name(name) in {"Exception", "BaseException"} for name in named)


def impure_calls(module: PythonModule) -> list[str]:
    """Calls that read, write, ask a clock or draw numbers that no seed determines."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return [
        f"{module.place(call)} {dotted_name(call.func)}"
        for call in calls
        if dotted_name(call.func) in IMPURE_CALLS
        or (dotted_name(call.func) in GENERATORS and not call.args and not call.keywords)
    ]


def dataclass_settings(node: ast.ClassDef) -> dict[str, object]:
    """Keyword arguments of a class's dataclass decorator; empty if it has none."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and dotted_name(decorator.func).endswith("dataclass"):
            return {word.arg or "": getattr(word.value, "value", None) for word in decorator.keywords}
    return {}


def names_in(annotation: ast.expr) -> set[str]:
    """Names of the types that an annotation is made of."""
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


def fields_without_comment(module: PythonModule) -> list[str]:
    """Fields that do not say on their line, or the one above, what they hold.

    A field of one of our own types needs no comment where its name and its type say it.
    """
    lines = module.text.splitlines()
    classes = (node for node in module.tree.body if isinstance(node, ast.ClassDef))
    values = (node for node in classes if dataclass_settings(node))
    fields = (field for node in values for field in node.body if isinstance(field, ast.AnnAssign))
    return [
        module.place(field)
        for field in fields
        if names_in(field.annotation) & BARE_TYPES
        and "#" not in lines[(field.end_lineno or field.lineno) - 1]
        and not lines[field.lineno - 2].lstrip().startswith("#")
    ]


def public_definitions(module: PythonModule) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Public classes and functions of a module, and the public methods of its classes."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    bodies = [
        module.tree.body,
        *(node.body for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)),
    ]
    nodes = (node for body in bodies for node in body if isinstance(node, kinds))
    return [node for node in nodes if not node.name.startswith("_")]


def test_function_of_any_module_stays_short() -> None:
    """No function is longer than fits on a screen."""
    long = [
        f"{module.place(node)} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for module in python_modules()
        for node in module.functions()
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long


def test_module_of_any_room_stays_short() -> None:
    """No module is so long that it must have two purposes."""
    lines = {module.path: len(module.text.splitlines()) for module in python_modules()}
    assert not {path: count for path, count in lines.items() if count > MODULE_LINES_MAX}


def test_module_name_says_what_it_is_for() -> None:
    """No module or folder is a drawer for everything."""
    parts = {module.path: set(module.path.removesuffix(".py").split("/")) for module in python_modules()}
    assert not [path for path, names in parts.items() if names & BANNED_MODULE_NAMES]


def test_identifier_in_product_uses_whole_glossary_words() -> None:
    """No short form, vendor slang or two-faced word is the name of a thing."""
    banned = [
        f"{module.path}:{line} {name}"
        for module in product_modules()
        for name, line in identifiers(module.tree)
        if has_banned_words(name, module.path)
    ]
    assert not banned


def test_module_docstring_is_there_in_every_module() -> None:
    """Each module says what it is for, tests and tools too."""
    assert not [module.path for module in python_modules() if not ast.get_docstring(module.tree)]


def test_public_docstring_opens_with_a_sentence() -> None:
    """Each public class and function of the product says what it is for in a sentence."""
    poor = [
        f"{module.place(node)} {node.name}"
        for module in product_modules()
        for node in public_definitions(module)
        if not (ast.get_docstring(node) or "").split("\n\n")[0].rstrip().endswith((".", ":", "?"))
    ]
    assert not poor


def test_broad_except_outside_the_runner_is_refused() -> None:
    """Only the edges of the runner and of the web server may catch every exception."""
    broad = [
        module.place(node)
        for module in python_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and module.path not in BROAD_EXCEPT_EDGES
    ]
    assert not broad


def test_pure_package_touches_nothing_outside_itself() -> None:
    """Deciding code prints nothing, opens nothing, asks no clock and draws only what a seed determines."""
    assert not [call for module in modules_under(*PURE) for call in impure_calls(module)]


def test_event_or_command_is_a_frozen_value() -> None:
    """Each event and command is frozen, has slots and is made by keyword."""
    loose = [
        f"{module.place(node)} {node.name}"
        for module in modules_under(*VALUE_MODULES)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef)
        and dataclass_settings(node)
        and not VALUE_SETTINGS.items() <= dataclass_settings(node).items()
    ]
    assert not loose


def test_event_or_command_field_says_what_it_holds() -> None:
    """Each field of a bare type, in an event or command, carries a comment with its meaning and unit."""
    assert not [place for module in modules_under(*VALUE_MODULES) for place in fields_without_comment(module)]


def test_dictionary_in_product_is_typed() -> None:
    """No dictionary of anything passes through the product."""
    loose = [
        module.place(node)
        for module in product_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Subscript)
        and dotted_name(node.value).lower().endswith(("dict", "mapping"))
        and any(isinstance(part, ast.Name) and part.id == "Any" for part in ast.walk(node.slice))
    ]
    assert not loose
