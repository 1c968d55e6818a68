"""No reference file without a line that says where it is from."""

from compendium.project.folders import PROJECT


def test_every_reference_file_has_its_line_in_sources():
    text = (PROJECT.reference / "SOURCES.md").read_text(encoding="utf-8")
    files = [path for path in PROJECT.reference.rglob("*") if path.is_file() and path.name != "SOURCES.md"]
    missing = [
        path.relative_to(PROJECT.reference).as_posix()
        for path in files
        if f"`{path.relative_to(PROJECT.reference).as_posix()}`" not in text
    ]
    assert files and not missing
