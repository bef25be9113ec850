"""Compare how the code is laid out in two or more revisions, side by side.

    python benchmarks/structure.py [--ref REVISION]... [--walk] [--details]

Without `--ref` it looks at HEAD. The trees are read with `git archive`, so nothing is checked out and what has not been
committed does not count. `--walk` also runs ways.py on each revision, in a temporary folder, with the packages of the
Python that runs this script; it takes about a minute each. `--details` names what was counted in the last revision.

What the rows mean:

- *Product* code is every Python file of the five apps, without what lies in a folder `tests`, `testing` or
  `migrations`. All rows are about it, but for the one about the folders of tests and benchmarks and those about
  JavaScript.
- *Modules of a folder* are the `.py` files that lie directly in it; sub-packages count as folders of their own. An
  `__init__.py` counts only where it defines a function or a class, because otherwise it is the folder's label.
- *Names that occur twice*: a module or package name in more than one folder, apart from those that Django and its
  libraries ask for (CONVENTIONAL_MODULES); a top-level function or class name in more than one module, apart from
  CONVENTIONAL_DEFINITIONS. Names with a leading underscore have a row of their own.
- *Any* counts uses of the name `Any`, not its imports. *Ignores* are comments with `type: ignore` or `noqa`.
- *Import circles* are the strongly connected components, of two modules or more, of the graph of imports. Imports
  inside functions count; those under `if TYPE_CHECKING` only in the row that says so. `import a.b` leads to `a.b` and
  not to `a`, as in import-linter.
- *Repeated lines* are lines of a run of WINDOW or more that occurs in two places. Lines are compared without their
  indentation; blank lines, comments, docstrings, imports and lines of punctuation only are left out first. In
  JavaScript (under `static/`), lines that begin as a comment or as an import are.
- *Length of a function* is from its `def` to its last line, docstring included and decorators not.
- *Comment lines* are the lines with nothing but a comment, of all lines that are not blank.
- *Files on a way, as documented* are those that docs/architecture.md lists: the fenced blocks in which every line
  starts with the path of a file, by the heading above them. A revision whose page has no such list shows a dash.
  *As walked* are those in which a function is called meanwhile (`--walk`); see ways.py.
"""

import argparse
import ast
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
APPS = ("facepass", "recognition", "galleries", "sessions_app", "training")
LARGEST_FOLDER = 15
LONGEST_MODULE = 300
WINDOW = 6
# Django, DRF, channels, django-q2 and pytest look for these, or every Django project calls them so.
CONVENTIONAL_MODULES = {
    *("admin", "api", "apps", "asgi", "checks", "conftest", "consumers", "fields", "filters", "forms", "management"),
    *("commands", "managers", "middleware", "migrations", "models", "permissions", "routing", "serializers"),
    *("settings", "signals", "tasks", "templatetags", "tests", "urls", "views"),
}
CONVENTIONAL_DEFINITIONS = {"Command", "main"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
SECTION = re.compile(r"^#+ +(.*)$")
FENCE = re.compile(r"^ *(?:```|~~~)")
PATH = re.compile(r"^[\w./-]+\.(?:py|js|html)$")
Lines = list[tuple[int, str]]  # numbered from 1


@dataclass(frozen=True)
class Module:
    """A Python file, parsed once."""

    path: str
    source: str

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)

    @property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @property
    def dotted(self) -> str:
        """Return the name by which Python imports it."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_product(self) -> bool:
        parts = PurePosixPath(self.path).parts
        return parts[0] in APPS and not {"tests", "testing", "migrations"} & {*parts}

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, self.path)

    @cached_property
    def comments(self) -> list[tokenize.TokenInfo]:
        tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
        return [token for token in tokens if token.type == tokenize.COMMENT]

    @property
    def lines(self) -> int:
        """Return how many of its lines are not blank."""
        return sum(1 for line in self.source.splitlines() if line.strip())

    @property
    def defines(self) -> list[str]:
        """Return the names of its top-level functions and classes."""
        return [node.name for node in self.tree.body if isinstance(node, DEFINITIONS)]


@dataclass(frozen=True)
class Revision:
    """The files of a commit in which something is counted, by their paths."""

    name: str
    files: dict[str, str]

    @cached_property
    def modules(self) -> list[Module]:
        return [Module(path, source) for path, source in sorted(self.files.items()) if path.endswith(".py")]

    @cached_property
    def product(self) -> list[Module]:
        return [module for module in self.modules if module.is_product]


def main() -> None:
    options = _options()
    revisions = [read(name) for name in options.ref or ["HEAD"]]
    columns = [measures(revision) for revision in revisions]
    if options.walk:
        for revision, column in zip(revisions, columns, strict=True):
            column |= {f"files on the way of {way}, as walked": by_app(paths) for way, paths in walk(revision).items()}
    print_table(revisions, columns)
    if options.details:
        print_details(revisions[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ref", action="append", help="a commit, branch or tag; may be given several times")
    parser.add_argument("--walk", action="store_true", help="run ways.py on each revision")
    parser.add_argument("--details", action="store_true", help="name what was counted in the last revision")
    return parser.parse_args()


def read(revision: str) -> Revision:
    """Return the files of a revision of the repository in which this file lies."""
    with tarfile.open(fileobj=io.BytesIO(_archive(revision))) as tar:
        counted = (member for member in tar if member.isfile() and member.name.endswith((".py", ".js", ".md")))
        return Revision(revision, {member.name: _text(tar, member) for member in counted})


def _archive(revision: str) -> bytes:
    command = ["git", "-C", str(HERE.parent), "archive", "--format=tar", revision]
    made = subprocess.run(command, capture_output=True, check=False)
    if made.returncode:
        sys.exit(made.stderr.decode())
    return made.stdout


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    opened = tar.extractfile(member)
    assert opened
    return opened.read().decode()


# --- folders and names


def modules_by_folder(modules: Iterable[Module]) -> Counter[str]:
    """Return how many modules of its own each folder holds, migrations apart."""
    own = (module for module in modules if not module.is_package or module.defines)
    return Counter(module.folder for module in own if PurePosixPath(module.folder).name != "migrations")


def too_large(modules: Iterable[Module]) -> dict[str, int]:
    return {folder: count for folder, count in modules_by_folder(modules).items() if count > LARGEST_FOLDER}


def module_names_twice(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Return the names of modules and packages that stand in more than one folder, with their paths."""
    paths = defaultdict(list)
    for module in modules:
        name = module.dotted.rpartition(".")[2]
        if name not in CONVENTIONAL_MODULES:
            paths[name].append(module.path)
    return {name: found for name, found in sorted(paths.items()) if len(found) > 1}


def definitions_twice(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Return the names of top-level functions and classes that more than one module defines, with the modules."""
    paths = defaultdict(set)
    for module in modules:
        for name in {*module.defines} - CONVENTIONAL_DEFINITIONS:
            paths[name].add(module.path)
    return {name: sorted(found) for name, found in sorted(paths.items()) if len(found) > 1}


# --- types and comments


def uses_of_any(module: Module) -> int:
    """Return how often it says `Any`, in annotations or elsewhere; imports do not count."""
    return sum(
        (isinstance(node, ast.Name) and node.id == "Any") or (isinstance(node, ast.Attribute) and node.attr == "Any")
        for node in ast.walk(module.tree)
    )


def comments_with(module: Module, words: str) -> int:
    return sum(words in comment.string for comment in module.comments)


def comment_lines(module: Module) -> int:
    """Return how many lines hold nothing but a comment."""
    return sum(comment.line.lstrip().startswith("#") for comment in module.comments)


def function_lengths(modules: Iterable[Module]) -> list[int]:
    return sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, FUNCTIONS)
    )


# --- imports


def import_graph(modules: Iterable[Module], *, type_checking: bool = False) -> dict[str, set[str]]:
    """Return what each module imports of the others, wherever the import stands in it."""
    by_name = {module.dotted: module for module in modules}
    return {
        name: {target for target in _imports(module, by_name, type_checking=type_checking) if target != name}
        for name, module in by_name.items()
    }


def _imports(module: Module, known: Iterable[str], *, type_checking: bool) -> Iterator[str]:
    for node in _walk(module.tree, type_checking=type_checking):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            source = _source(module, node)
            targets = (f"{source}.{alias.name}" for alias in node.names)
            yield from ({target if target in known else source for target in targets} & {*known})


def _walk(node: ast.AST, *, type_checking: bool) -> Iterator[ast.AST]:
    """Yield every node below; the body of `if TYPE_CHECKING` only where asked to."""
    for child in ast.iter_child_nodes(node):
        if not type_checking and isinstance(child, ast.If) and _is_type_checking(child.test):
            for other in child.orelse:
                yield other
                yield from _walk(other, type_checking=type_checking)
            continue
        yield child
        yield from _walk(child, type_checking=type_checking)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def _source(module: Module, node: ast.ImportFrom) -> str:
    """Return the absolute name of the module from which a statement imports."""
    if not node.level:
        return node.module or ""
    package = module.dotted.split(".") if module.is_package else module.dotted.split(".")[:-1]
    parts = package[: len(package) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of two modules or more, the largest first (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = lowest[name] = len(index)
        stack.append(name)
        for target in sorted(graph.get(name, ())):
            if target not in index:
                visit(target)
                lowest[name] = min(lowest[name], lowest[target])
            elif target in stack:
                lowest[name] = min(lowest[name], index[target])
        if lowest[name] == index[name]:
            component = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            found.append(sorted(component))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return sorted((circle for circle in found if len(circle) > 1), key=len, reverse=True)


# --- repeated lines


def python_lines(module: Module) -> Lines:
    """Return the lines that are compared: no comments, docstrings or imports, and no indentation."""
    left_out = {line for node in ast.walk(module.tree) for line in _uncompared(node)}
    comments = {comment.start[0]: comment.start[1] for comment in module.comments}
    numbered = enumerate(module.source.splitlines(), 1)
    return _with_words((number, line[: comments.get(number)]) for number, line in numbered if number not in left_out)


def javascript_lines(source: str) -> Lines:
    numbered = enumerate(source.splitlines(), 1)
    skipped = ("//", "/*", "*", "import ")
    return _with_words((number, line) for number, line in numbered if not line.strip().startswith(skipped))


def _with_words(lines: Iterable[tuple[int, str]]) -> Lines:
    return [(number, line.strip()) for number, line in lines if any(character.isalnum() for character in line)]


def _uncompared(node: ast.AST) -> Iterable[int]:
    """Return the lines of an import or of a docstring."""
    value = node.value if isinstance(node, ast.Expr) else None
    is_docstring = isinstance(value, ast.Constant) and isinstance(value.value, str)
    if is_docstring or isinstance(node, ast.Import | ast.ImportFrom):
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return ()


def repeated(lines: dict[str, Lines]) -> list[tuple[str, int, int]]:
    """Return the runs of lines that occur elsewhere as well: path, first line and how many compared lines."""
    windows = defaultdict(list)
    for path, numbered in lines.items():
        texts = [text for _number, text in numbered]
        for start in range(len(texts) - WINDOW + 1):
            windows[tuple(texts[start : start + WINDOW])].append((path, start))
    covered = defaultdict(set)
    for places in windows.values():
        for path, start in places:
            if any(path != other or abs(start - at) >= WINDOW for other, at in places):
                covered[path].update(range(start, start + WINDOW))
    return [
        (path, lines[path][first][0], length)
        for path, indexes in sorted(covered.items())
        for first, length in _runs(sorted(indexes))
    ]


def repeated_python(modules: Iterable[Module]) -> list[tuple[str, int, int]]:
    return repeated({module.path: python_lines(module) for module in modules})


def repeated_javascript(files: dict[str, str]) -> list[tuple[str, int, int]]:
    ours = (path for path in files if path.startswith("static/") and path.endswith(".js"))
    return repeated({path: javascript_lines(files[path]) for path in ours})


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first of each run of consecutive numbers, and the run's length."""
    first = 0
    for position, number in enumerate(numbers):
        if position + 1 == len(numbers) or numbers[position + 1] != number + 1:
            yield numbers[first], position - first + 1
            first = position + 1


# --- ways


def documented_ways(page: str) -> dict[str, list[str]]:
    """Return the files that each way passes through according to docs/architecture.md, by the heading above them."""
    ways: dict[str, list[str]] = {}
    for heading, block in _fenced_blocks(page):
        paths = [line.split()[0] for line in block if line.strip()]
        if paths and all(map(PATH.match, paths)):
            ways[heading] = list(dict.fromkeys([*ways.get(heading, []), *paths]))
    return ways


def _fenced_blocks(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of each fenced block, with the heading above it."""
    heading, block = "", None
    for line in page.splitlines():
        if FENCE.match(line):
            if block is not None:
                yield heading, block
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
        elif section := SECTION.match(line):
            heading = section[1]


def walk(revision: Revision) -> dict[str, list[str]]:
    """Return the files that each way passes through when this checkout's ways.py runs on the revision."""
    with tempfile.TemporaryDirectory(prefix="facepass-structure-") as folder:
        root = Path(folder).resolve()
        with tarfile.open(fileobj=io.BytesIO(_archive(revision.name))) as tar:
            tar.extractall(root, filter="data")
        shutil.copy(HERE / "ways.py", root / "benchmarks")
        if (HERE.parent / "models").exists():
            (root / "models").symlink_to(HERE.parent / "models")
        command = [sys.executable, str(root / "benchmarks" / "ways.py"), "--json"]
        ran = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    ways: dict[str, list[str]] = json.loads(ran.stdout.splitlines()[-1])
    return ways


def by_app(paths: list[str]) -> str:
    """Return how many they are, in all and of each app."""
    apps = Counter(path.split("/")[0] for path in paths)
    return f"{len(paths)} ({', '.join(f'{app} {apps[app]}' for app in APPS if apps[app])})"


# --- what is shown


def measures(revision: Revision) -> dict[str, str]:
    """Return the rows of the table for one revision."""
    product = revision.product
    return {
        "modules": str(len(product)),
        "lines that are not blank": f"{sum(module.lines for module in product):,}",
        f"modules of more than {LONGEST_MODULE} lines": str(
            sum(len(module.source.splitlines()) > LONGEST_MODULE for module in product)
        ),
        **_sizes_of_folders(revision),
        **_names(product),
        **_types_and_comments(product),
        **_circles(product),
        **_repetitions(revision),
        **{f"files documented under “{heading}”": str(len(paths)) for heading, paths in _ways(revision).items()},
    }


def _sizes_of_folders(revision: Revision) -> dict[str, str]:
    folders = modules_by_folder(revision.product)
    large = too_large(revision.product)
    elsewhere = too_large(revision.modules).keys() - large.keys()
    return {
        "folders with modules": str(len(folders)),
        "modules in the largest folder": str(max(folders.values(), default=0)),
        f"folders with more than {LARGEST_FOLDER} modules": str(len(large)),
        "such folders of tests and benchmarks": str(len(elsewhere)),
    }


def _names(product: list[Module]) -> dict[str, str]:
    twice = definitions_twice(product)
    private = [name for name in twice if name.startswith("_")]
    return {
        "module names in more than one folder": str(len(module_names_twice(product))),
        "public functions and classes defined twice": str(len(twice) - len(private)),
        "private ones": str(len(private)),
    }


def _types_and_comments(product: list[Module]) -> dict[str, str]:
    lengths = function_lengths(product)
    return {
        "uses of Any": str(sum(map(uses_of_any, product))),
        "type: ignore": str(sum(comments_with(module, "type: ignore") for module in product)),
        "noqa": str(sum(comments_with(module, "noqa") for module in product)),
        "functions": f"{len(lengths):,}",
        "median length of a function": f"{statistics.median(lengths or [0]):g}",
        "95th percentile": str(lengths[int(0.95 * (len(lengths) - 1))] if lengths else 0),
        "comment lines": f"{_share(sum(map(comment_lines, product)), sum(module.lines for module in product)):.1f} %",
    }


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _circles(product: list[Module]) -> dict[str, str]:
    loops = circles(import_graph(product))
    with_types = circles(import_graph(product, type_checking=True))
    return {
        "import circles": str(len(loops)),
        "modules in them": str(sum(map(len, loops))),
        "modules in them, with TYPE_CHECKING": str(sum(map(len, with_types))),
    }


def _repetitions(revision: Revision) -> dict[str, str]:
    python, javascript = repeated_python(revision.product), repeated_javascript(revision.files)
    return {
        f"runs of {WINDOW} or more repeated lines": str(len(python)),
        "lines in them": str(sum(length for _path, _line, length in python)),
        "such runs in JavaScript": str(len(javascript)),
        "lines of JavaScript in them": str(sum(length for _path, _line, length in javascript)),
    }


def _ways(revision: Revision) -> dict[str, list[str]]:
    return documented_ways(revision.files.get("docs/architecture.md", ""))


def print_table(revisions: list[Revision], columns: list[dict[str, str]]) -> None:
    rows = dict.fromkeys(row for column in columns for row in column)
    print("| |", " | ".join(revision.name for revision in revisions), "|")
    print("|---|" + "---|" * len(revisions))
    for row in rows:
        print(f"| {row} |", " | ".join(column.get(row, "–") for column in columns), "|")


def print_details(revision: Revision) -> None:
    product = revision.product
    print("\nFolders with the most modules:")
    for folder, count in modules_by_folder(revision.modules).most_common(25):
        print(f"  {count:3} {folder}")
    _print_names("Module names in more than one folder", module_names_twice(product).items())
    _print_names("Functions and classes that more than one module defines", definitions_twice(product).items())
    _print_names("Import circles", ((str(len(circle)), circle) for circle in circles(import_graph(product))))
    _print_names("Documented ways", _ways(revision).items())
    print("\nRuns of repeated lines:")
    for path, line, length in [*repeated_python(product), *repeated_javascript(revision.files)]:
        print(f"  {path}:{line} ({length} lines)")


def _print_names(title: str, names: Iterable[tuple[str, list[str]]]) -> None:
    print(f"\n{title}:")
    for name, paths in names:
        print(f"  {name}: {', '.join(paths)}")


if __name__ == "__main__":
    main()
