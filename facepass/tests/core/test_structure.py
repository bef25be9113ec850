"""The counters of benchmarks/structure.py, on trees that are made up here."""

import subprocess
import sys
from textwrap import dedent, indent

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "benchmarks"))

import structure


def modules(**sources):
    """Modules by their dotted names, with `__` for a dot."""
    files = {f"{name.replace('__', '/')}.py": dedent(source) for name, source in sources.items()}
    return structure.Revision("made up", files).modules


def one(source):
    return structure.Module("galleries/search.py", dedent(source))


def graph(**sources):
    return structure.import_graph(modules(**sources))


def test_a_folder_has_its_own_modules_without_packages_migrations_and_mere_labels():
    found = [
        *modules(galleries__search="", galleries__faces__naming="", galleries__migrations__0001="", galleries__a=""),
        structure.Module("galleries/__init__.py", '"""Photos."""\n'),
        structure.Module("galleries/faces/__init__.py", "def load(): ...\n"),
    ]
    assert structure.modules_by_folder(found) == {"galleries": 2, "galleries/faces": 2}


def test_a_folder_is_too_large_from_the_sixteenth_module_on():
    found = modules(**{f"galleries__m{number}": "" for number in range(15)})
    assert structure.too_large(found) == {}
    assert structure.too_large([*found, *modules(galleries__more="")]) == {"galleries": 16}


def test_tests_their_fixtures_and_migrations_are_no_product_code():
    other = [
        "galleries/tests/test_a.py",
        "facepass/testing/live.py",
        "galleries/migrations/0001.py",
        "benchmarks/api.py",
    ]
    found = structure.Revision("made up", dict.fromkeys(["galleries/search.py", *other], ""))
    assert [module.path for module in found.product] == ["galleries/search.py"]
    assert len(found.modules) == 5


def test_names_of_modules_occur_twice_where_no_convention_asks_for_it():
    found = modules(galleries__found="", sessions_app__guest__found="", galleries__admin="", training__admin="")
    found += [*modules(galleries__liveness=""), structure.Module("recognition/liveness/__init__.py", "")]
    assert structure.module_names_twice(found) == {
        "found": ["galleries/found.py", "sessions_app/guest/found.py"],
        "liveness": ["galleries/liveness.py", "recognition/liveness/__init__.py"],
    }


def test_names_of_functions_and_classes_occur_twice_at_the_top_of_modules_only():
    found = modules(
        a="def take(): ...\nclass Face:\n    def draw(self): ...\nclass Command: ...",
        b="async def take(): ...\ndef draw(): ...\ndef draw(): ...\nclass Command: ...",
    )
    assert structure.definitions_twice(found) == {"take": ["a.py", "b.py"]}


def test_any_counts_where_it_is_used():
    found = one("""
        import typing
        from typing import Any

        def read(row: dict[str, Any], *rest: typing.Any) -> "Any":
            anything: Many = row  # Any
    """)
    assert structure.uses_of_any(found) == 2


def test_comments_that_switch_checks_off_are_counted_and_texts_that_name_them_are_not():
    found = one("""
        # a reason
        text = "# noqa, # type: ignore"
        a = b()  # type: ignore[attr-defined]  # noqa: F401
    """)
    assert structure.comments_with(found, "type: ignore") == 1
    assert structure.comments_with(found, "noqa") == 1
    assert structure.comment_lines(found) == 1
    assert found.lines == 3


def test_the_length_of_a_function_leaves_its_decorators_out():
    found = one("""
        @cached
        @atomic
        def outer():
            \"\"\"Return nothing.\"\"\"

            async def inner():
                return 1
            return 2
    """)
    assert structure.function_lengths([found]) == [2, 6]


def test_imports_are_followed_in_every_form_and_inside_functions():
    found = graph(
        galleries__search="import galleries.probe\nfrom galleries import naming, nothing\nfrom django.db import models",
        galleries__probe="def late():\n    from . import naming\n    from .naming import name",
        galleries__naming="from recognition.types import Picture\nimport galleries.naming",
        recognition__types="",
    )
    assert found == {
        "galleries.search": {"galleries.probe", "galleries.naming"},
        "galleries.probe": {"galleries.naming"},
        "galleries.naming": {"recognition.types"},
        "recognition.types": set(),
    }


def test_a_package_imports_its_own_modules_by_a_dot():
    files = {"galleries/models/__init__.py": "from .face import Face", "galleries/models/face.py": "from .. import api"}
    files |= {"galleries/api/__init__.py": "from galleries.models import Face"}
    found = structure.import_graph(structure.Revision("made up", files).modules)
    assert found["galleries.models"] == {"galleries.models.face"}
    assert structure.circles(found) == [["galleries.api", "galleries.models", "galleries.models.face"]]


def test_imports_for_types_only_count_where_they_are_asked_for():
    found = modules(
        a="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\nelse:\n    import c",
        b="import a\nif not TYPE_CHECKING:\n    import c",
        c="",
    )
    assert structure.import_graph(found) == {"a": {"c"}, "b": {"a", "c"}, "c": set()}
    assert structure.circles(structure.import_graph(found)) == []
    assert structure.circles(structure.import_graph(found, type_checking=True)) == [["a", "b"]]


def test_circles_are_whole_and_apart_from_each_other():
    found = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"f", "a"}}
    assert structure.circles(found) == [["a", "b", "c"], ["d", "e"]]


SIX = "a = first()\nb = second()\nc = third()\nd = fourth()\ne = fifth()\nf = sixth()\n"


def test_six_equal_lines_are_repeated_whatever_stands_between_them():
    inside = SIX.replace("c =", "\n# why\nc =").replace("a = first()", "a = first()  # at first")
    found = modules(one=SIX, two="import os\nif a:\n" + indent(inside, "    "))
    assert structure.repeated_python(found) == [("one.py", 1, 6), ("two.py", 3, 6)]


def test_five_equal_lines_are_not_repeated():
    assert structure.repeated_python(modules(one=SIX, two=SIX.replace("sixth", "other"))) == []


def test_lines_are_repeated_within_a_file_too_but_do_not_overlap_themselves():
    assert structure.repeated_python(modules(one="call()\n" * 11)) == []
    assert structure.repeated_python(modules(one=SIX + "between()\n" + SIX)) == [("one.py", 1, 6), ("one.py", 8, 6)]


def test_javascript_is_compared_without_its_comments():
    files = {"static/a.js": f"// one\n{SIX}", "static/b.js": f"import x\n/* two\n * more */\n{SIX}", "docs/c.js": SIX}
    assert structure.repeated_javascript(files) == [("static/a.js", 2, 6), ("static/b.js", 4, 6)]


def test_ways_are_the_fenced_blocks_that_list_files():
    page = dedent("""
        # Architecture
        ## A photo's way
        ```
        galleries/ingest.py     stores the file
        galleries/tasks.py
        galleries/ingest.py
        ```
        It goes on:
        ```text
        recognition/pipeline.py
        ```
        ## Layout
        ```
        galleries/    photos
        manage.py
        ```
        ## A selfie
        ```
        upload.py
          and more
        ```
    """)
    assert structure.documented_ways(page) == {
        "A photo's way": ["galleries/ingest.py", "galleries/tasks.py", "recognition/pipeline.py"]
    }


def test_revisions_stand_side_by_side_and_what_one_lacks_is_a_dash(capsys):
    old = structure.Revision("old", {"galleries/search.py": "a: Any\n"})
    way = "## A way\n```\ngalleries/search.py\n```\n"
    new = structure.Revision("new", {"galleries/search.py": "a: int\n", "docs/architecture.md": way})
    structure.print_table([old, new], [structure.measures(old), structure.measures(new)])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "| | old | new |"
    assert "| uses of Any | 1 | 0 |" in printed
    assert "| files documented under “A way” | – | 1 |" in printed


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository of two commits, with benchmarks/ where the script lies."""

    def git(*arguments):
        who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    (tmp_path / "galleries").mkdir()
    git("init", "--quiet")
    for tag, source in (("before", "a = 1\n"), ("after", "a = 2\n")):
        (tmp_path / "galleries" / "search.py").write_text(source)
        git("add", ".")
        git("commit", "--quiet", "--message", tag)
        git("tag", tag)
    (tmp_path / "galleries" / "search.py").write_text("a = 3\n")
    monkeypatch.setattr(structure, "HERE", tmp_path / "benchmarks")


@pytest.mark.usefixtures("checkout")
def test_a_revision_is_read_from_the_commit_and_not_from_the_folder():
    for tag, source in (("before", "a = 1\n"), ("after", "a = 2\n"), ("HEAD", "a = 2\n")):
        assert structure.read(tag).files == {"galleries/search.py": source}


@pytest.mark.usefixtures("checkout")
def test_a_revision_that_is_not_there_ends_the_script_with_what_git_says():
    with pytest.raises(SystemExit, match="nowhere"):
        structure.read("nowhere")
