"""Nothing of Dimensions where git could take it up: real repositories."""

import os
import subprocess

import pytest
from support.dimensions_server import work

from compendium import tables
from compendium.project.errors import InputError
from compendium.project.folders import PROJECT
from compendium.sources.dimensions import collection
from compendium.sources.dimensions.client import Client
from compendium.sources.dimensions.collection import refuse_tracked
from compendium.sources.pace import at_most
from compendium.tables import records


def git(folder, *arguments):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        check=True,
        capture_output=True,
        env=clean,
    )


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init")
    (folder / ".gitignore").write_text("data/records/\ndata/tables/dimensions/\n*.partial\n")
    return folder


def test_outside_of_every_work_tree(tmp_path):
    refuse_tracked(tmp_path / "deep/in/no/repository")


def test_an_ignored_folder_that_is_not_there_yet_or_is(repository):
    place = repository / "data/tables/dimensions"
    refuse_tracked(place)
    refuse_tracked(place / "deeper")
    place.mkdir(parents=True)
    (place / "papers.csv").write_text("")
    refuse_tracked(place)


@pytest.mark.parametrize(
    "name", ["data/tables/proceedings", "data/tables", "data", "new", "", "data/tables/.dimensions.new"]
)
def test_a_folder_that_git_does_not_ignore(repository, name):
    with pytest.raises(InputError, match="under licence and git does not ignore all of this folder"):
        refuse_tracked(repository / name)


def test_an_ignored_folder_with_a_file_added_by_force(repository):
    place = repository / "data/tables/dimensions"
    place.mkdir(parents=True)
    (place / "kept.txt").write_text("x")
    git(repository, "add", "-f", "data/tables/dimensions/kept.txt")
    with pytest.raises(InputError, match=r"git tracks data/tables/dimensions/kept.txt there"):
        refuse_tracked(place)
    git(repository, "commit", "-m", "x")
    with pytest.raises(InputError, match="git tracks"):
        refuse_tracked(place)
    (place / "kept.txt").unlink()  # gone from disk, not from git
    with pytest.raises(InputError, match="git tracks"):
        refuse_tracked(place)
    git(repository, "rm", "--cached", "data/tables/dimensions/kept.txt")
    refuse_tracked(place)


@pytest.mark.parametrize("spared", ["manifest.json", "papers.csv", "works.parquet", "*.csv"])
def test_an_ignore_rule_that_spares_one_file(repository, spared):
    (repository / ".gitignore").write_text(f"data/tables/dimensions/*\n!data/tables/dimensions/{spared}\n")
    with pytest.raises(InputError, match="does not ignore all"):
        refuse_tracked(repository / "data/tables/dimensions")


def test_the_files_looked_at_are_those_that_are_written(repository):
    """A rule that ignores each by its name is enough; one name fewer is not."""
    names = [
        *(f"{kind}.parquet" for kind in records.SCHEMAS),
        *(f"{name}.csv" for name in tables.SCHEMAS),
        tables.MANIFEST,
        "*.gz",
    ]
    (repository / ".gitignore").write_text("\n".join(names))
    refuse_tracked(repository / "anywhere")
    for name in names:
        (repository / ".gitignore").write_text("\n".join(set(names) - {name}))
        with pytest.raises(InputError):
            refuse_tracked(repository / "anywhere")


def test_a_link_is_followed_to_where_the_files_would_be(repository, tmp_path):
    (repository / "data/tables/dimensions").mkdir(parents=True)
    (tmp_path / "outside").symlink_to(repository / "src")
    (repository / "src").mkdir()
    with pytest.raises(InputError, match="does not ignore"):
        refuse_tracked(tmp_path / "outside")
    (tmp_path / "elsewhere").mkdir()
    (repository / "inside").symlink_to(tmp_path / "elsewhere")
    refuse_tracked(repository / "inside")


def test_the_innermost_repository_decides(repository):
    inner = repository / "data/records/inner"
    inner.mkdir(parents=True)
    git(inner, "init")
    with pytest.raises(InputError, match="does not ignore"):
        refuse_tracked(inner / "raw")


def test_a_linked_work_tree_counts(repository, tmp_path):
    git(repository, "add", ".gitignore")
    git(repository, "commit", "-m", "x")
    git(repository, "worktree", "add", str(tmp_path / "linked"))
    refuse_tracked(tmp_path / "linked/data/records")
    with pytest.raises(InputError, match="does not ignore"):
        refuse_tracked(tmp_path / "linked/data/raw")


def test_inside_a_hook_git_is_not_led_elsewhere(repository, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init")
    (other / ".gitignore").write_text("*\n")
    for name, value in (
        ("GIT_DIR", other / ".git"),
        ("GIT_WORK_TREE", other),
        ("GIT_INDEX_FILE", other / ".git/index"),
    ):
        monkeypatch.setenv(name, str(value))
    with pytest.raises(InputError, match="does not ignore"):
        refuse_tracked(repository / "data/raw")
    refuse_tracked(repository / "data/records")


def test_without_git_a_work_tree_is_refused_and_no_work_tree_is_not(repository, tmp_path, monkeypatch):
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="could not look into .git is not installed.; choose a folder"):
        refuse_tracked(repository / "data/records")
    refuse_tracked(tmp_path / "outside")


def test_a_work_tree_that_git_cannot_read_is_refused(repository):
    (repository / ".git/HEAD").write_text("nonsense")
    with pytest.raises(InputError, match=r"could not look into \(.*not a git repository"):
        refuse_tracked(repository / "data/records")


def test_names_that_git_would_quote_or_expand(repository):
    odd = repository / 'data/records/ä [x] *?\n"'
    refuse_tracked(odd)
    odd.mkdir(parents=True)
    (odd / "é.csv").write_text("")
    refuse_tracked(odd)
    git(repository, "add", "-f", "data/records")
    with pytest.raises(InputError, match="é.csv there"):
        refuse_tracked(odd)
    # The stars of its name are no pattern: what git tracks beside it is not in it.
    git(repository, "rm", "--cached", "-r", "data/records")
    (repository / "data/records/plain").mkdir()
    (repository / "data/records/plain/x").write_text("")
    git(repository, "add", "-f", "data/records/plain/x")
    refuse_tracked(repository / "data/records/*")


def test_this_projects_own_folders_are_ignored():
    for place in (PROJECT.records / "dimensions", PROJECT.tables / "dimensions", PROJECT.data / "raw/dimensions"):
        refuse_tracked(place)
    with pytest.raises(InputError, match="under licence"):
        refuse_tracked(PROJECT.tables / "proceedings")


@pytest.mark.parametrize("where", ["raw", "records"])
def test_collect_refuses_before_it_asks_anything(world, repository, tmp_path, where):
    pytest.importorskip("dimcli")
    world.works = [work(1)]
    places = {"raw": tmp_path / "raw", "records": tmp_path / "records"} | {where: repository / "data/made"}
    with pytest.raises(InputError, match="under licence"):
        collection.collect(
            places["raw"],
            places["records"],
            years=[2024],
            client=Client(limiter=at_most(10**6, seconds=1)),
        )
    assert not world.log and not (repository / "data").exists()
