"""docs/architecture.md names every room, on the line where the contract of import-linter has it."""

import re
import tomllib

import yaml

from compendium.project.folders import PROJECT

TEXT = (PROJECT.root / "docs/architecture.md").read_text(encoding="utf-8")
TOOLS = tomllib.loads((PROJECT.root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGE = PROJECT.root / "compendium"


def lines_of_rooms():
    """Return the rooms of each line, from top to bottom, as the text's table has them."""
    lines: dict[int, set[str]] = {}
    for line, room in re.findall(r"^\| (\d+) \| `(\w+)` \| \S", TEXT, re.MULTILINE):
        lines.setdefault(int(line), set()).add(room)
    return [lines[number] for number in sorted(lines)]


def test_every_room_is_named_and_every_named_room_exists():
    there = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    there |= {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}
    assert set().union(*lines_of_rooms()) == there


def test_the_lines_are_those_of_the_contract():
    (contract,) = [each for each in TOOLS["importlinter"]["contracts"] if each["id"] == "layers"]
    layers = [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    assert lines_of_rooms() == [layer for layer in layers if layer != {"__main__"}]


def test_the_typed_rooms_are_those_that_pyright_looks_at():
    (said,) = re.findall(r"finds nothing in (.+?);", TEXT)
    included = {re.sub(r"compendium/|\.py$", "", place) for place in TOOLS["pyright"]["include"]}
    assert set(re.findall(r"`(\w+)`", said)) == included


def test_the_words_are_there_once():
    words = re.findall(r"^\| ([a-z]+) \| \S", TEXT.split("## How data flow")[0], re.MULTILINE)
    assert len(words) == len(set(words)) >= 10
    sources = {path.name for path in PROJECT.tables.iterdir()}
    assert all(f"`{source}`" in TEXT for source in sources)


def test_hooks_before_a_commit_fetch_nothing():
    hooks = yaml.safe_load((PROJECT.root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
