"""Every path, module, command and option that a text of the project names exists."""

import json
import re
from functools import cache

import pytest
import typer

from compendium.cli import app
from compendium.project import notebooks
from compendium.project.folders import PROJECT

ROOT = PROJECT.root
#: Folders whose files a text may name. What a run makes, raw files, and the folders of OpenAlex's bucket are not there.
PLACES = r"(?:\.github|\.ci|benchmarks|compendium|data|docs|figures|notebooks|tests)/[\w./-]*\w"
MADE = re.compile(
    r"data/(raw|records|jsonl|parquet)\b|data/tables/(openalex|openalex_snapshot|dimensions|\.dimensions)\b"
)
#: Examples of files that a reader makes, and files of others.
OTHERS = {"out.ipynb", "in.ipynb", "dsl.ini"}

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "benchmarks/README.md", "LICENSE-data"]
COMMENTED = [
    ".github/workflows/ci.yml",
    ".pre-commit-config.yaml",
    "Makefile",
    "data/choices.yml",
    "data/claims.yml",
    "data/known_answer.yml",
    "data/reference/SOURCES.md",
    "data/runs.yml",
    "pyproject.toml",
]
CODE = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "compendium").rglob("*.py"))
NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in notebooks.ordered()]


@cache
def names_of_files():
    places = [ROOT, *(ROOT / folder for folder in ("benchmarks", "compendium", "data", "docs", "notebooks", "tests"))]
    return {path.name for place in places for path in (place.iterdir() if place == ROOT else place.rglob("*"))}


def text_of(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return re.sub(r"https?://\S+", "", text)


def dead_paths(text):
    """Paths from the project's root that are not there; `<…>`, `*` and what a run makes are no paths."""
    for path in re.findall(rf"(?<![\w./<-]){PLACES}(?![\w*<{{])", text):
        if not (ROOT / path).exists() and not MADE.match(path):
            yield path


def dead_files(text):
    """Names of modules and of other files of ours, without a folder, that no file bears."""
    named = re.findall(r"(?<![\w./*-])[\w-]+\.(?:py|ipynb|md|yml|toml|lock|cff|ini|css)\b", text)
    return set(named) - names_of_files() - OTHERS


def dead_modules(text):
    """Dotted names `compendium.room.module.name` of which a part does not exist."""
    for dotted in re.findall(r"(?<![\w./-])compendium(?:\.[A-Za-z_]\w*)+", text):
        place = ROOT
        parts = dotted.split(".")
        while parts and ((place / parts[0]).is_dir() or (place / f"{parts[0]}.py").is_file()):
            place = place / parts.pop(0) if (place / parts[0]).is_dir() else place / f"{parts.pop(0)}.py"
        if parts and parts[0] not in ("egg", "git"):
            module = place / "__init__.py" if place.is_dir() else place
            if not re.search(rf"\b{parts[0]}\b", module.read_text(encoding="utf-8")):
                yield dotted


@pytest.mark.parametrize("name", DOCUMENTS + COMMENTED + CODE + NOTEBOOKS)
def test_no_path_is_dead(name):
    text = text_of(name)
    assert not list(dead_paths(text))
    assert not list(dead_modules(text))


@pytest.mark.parametrize("name", DOCUMENTS + COMMENTED)
def test_no_file_is_named_that_is_not_there(name):
    assert not dead_files(text_of(name))


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith(".md")])
def test_every_link_leads_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not re.match(r"https?:|#", link)]
    assert [link for link in links if not ((ROOT / name).parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS + COMMENTED)
def test_every_target_of_make_exists(name):
    targets = set(re.findall(r"^([a-z.]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^\s*|&& |run: )make ([a-z]+)", text_of(name), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("name", DOCUMENTS + COMMENTED)
def test_every_command_and_option_exists(name):
    commands = typer.main.get_command(app).commands
    for command, rest in re.findall(r"python -m compendium ([a-z]+)([^\n`#&]*)", text_of(name)):
        assert command in commands, command
        known = {option for parameter in commands[command].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known, (command, rest)


def test_a_dead_path_is_found():
    assert list(dead_paths("see `compendium/nowhere.py`, data/claims.yml and data/raw/x")) == ["compendium/nowhere.py"]
    assert dead_files("`nowhere.py` and `words.py`") == {"nowhere.py"}
    assert list(dead_modules("`compendium.words.listed`, compendium.words, compendium.coverage.study")) == [
        "compendium.words.listed",
        "compendium.coverage.study",
    ]
