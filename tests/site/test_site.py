"""The site: whole in itself, the same at every build, and readable by everyone."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from compendium.project.errors import InputError
from compendium.report.site import build_site

LOADED = re.compile(r"url\(|@import|https?:", re.IGNORECASE)


@pytest.fixture
def site(refreshed) -> Path:
    """The site of the refreshed project's default run."""
    return build_site(refreshed.build / "default", folders=refreshed)


@pytest.fixture
def pages(site) -> dict[str, BeautifulSoup]:
    """The pages of the site, parsed, by file name."""
    return {path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.iterdir()}


def test_there_is_a_page_for_each_notebook_and_an_index(pages):
    assert sorted(pages) == ["00-index.html", "10-share.html", "20-order.html", "90-verdicts.html", "index.html"]


def test_nothing_is_loaded_from_elsewhere(pages):
    for name, page in pages.items():
        assert not page.find_all(["script", "iframe", "object", "embed", "audio", "video", "base"]), name
        for element in page.find_all(True):
            links = {"href"} if element.name == "a" else set()
            for attribute in {"src", "href", "srcset", "action", "poster", "data"} - links:
                assert element.get(attribute, "data:").startswith("data:"), (name, element)
            assert not LOADED.search(element.get("style", "")), (name, element)
        for style in page.find_all("style"):
            assert not LOADED.search(style.get_text()), name
        policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'")


def test_links_within_the_site_lead_somewhere(pages):
    for name, page in pages.items():
        for link in page.find_all("a"):
            target, _, anchor = link["href"].partition("#")
            if not target.startswith("https:"):
                there = pages[target or name]
                assert not anchor or there.find(id=anchor), (name, link["href"])
    kept = pages["10-share.html"].find("article")
    assert kept.find("a", href="20-order.html#Limits")
    assert kept.find("a", href="https://example.org")
    assert "register" in kept.get_text() and "claims.yml" not in str(kept)


def test_the_index_shows_every_claim_with_its_verdict(pages):
    found = "What was found It is <so>."
    agreed = "75 % of specifications agree; turned by: counting"
    rows = {
        row["id"]: [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in pages["index.html"].select("tbody tr[id]")
    }
    assert rows == {
        "01-share": [
            "01",
            f"China & others: the share is stated. {found}",
            "40 % 40 to 50 %",
            "41.2 % 40.5 % to 42.0 %",
            f"reproduced {agreed}",
            "10-share",
        ],
        "02-order": [
            "02",
            f"China & others: the order is stated. {found}",
            "–",
            "1,234",
            f"not supported {agreed}",
            "20-order",
        ],
        "03-document": ["03", "China & others: the documentary is stated.", "–", "–", "pending", "70-documents"],
    }
    counts = pages["index.html"].select(".counts li")
    assert [item.get_text(" ", strip=True) for item in counts] == ["reproduced 1", "not supported 1", "pending 1"]


def test_every_image_has_a_text(pages):
    images = [image for page in pages.values() for image in page.find_all("img")]
    assert [image["alt"] for image in images] == ["One dark dot"]


def test_code_is_folded_and_outputs_are_not(pages):
    page = pages["10-share.html"]
    assert all(code.find_parent("details") for code in page.select("section.code-cell .highlight"))
    assert not page.select("details[open]") and not page.select("details table, details img")
    assert [summary.get_text() for summary in page.find_all("summary")][:2] == ["Parameters", "Code"]


def test_formulas_become_mathml(pages):
    article = pages["10-share.html"].find("article")
    inline, block = article.find_all("math")
    assert inline["display"] == "inline" and inline.get_text() == "xi<2"
    assert block["display"] == "block" and block.find("mfrac") and block.find("munder")
    assert "$" not in article.get_text() and "\\frac" not in article.get_text()


def test_tables_scroll_in_a_box_and_texts_stand_left(pages):
    tables = pages["10-share.html"].find("article").find_all("table")
    assert len(tables) == 2 and all(table.find_parent(class_="scroll") for table in tables)
    cells = tables[1].select("tbody td")
    assert [(cell.get_text(), cell.get("class")) for cell in cells] == [("<b>", ["text"]), ("1", None)]


def test_verdicts_are_marked_and_led_to(pages):
    quote = pages["10-share.html"].find("blockquote", id="claim-01")
    assert quote["class"] == ["found", "reproduced"]
    assert pages["index.html"].find("a", href="10-share.html#claim-01")


def test_pages_have_language_title_viewport_and_steps(pages):
    for page in pages.values():
        assert page.html["lang"] == "en" and page.title.get_text() and len(page.find_all("h1")) == 1
        assert page.find("meta", {"name": "viewport"})
    steps = pages["10-share.html"].find("nav").find_all("a")
    assert [link["href"] for link in steps] == ["00-index.html", "index.html", "20-order.html"]


def test_two_builds_are_byte_identical(site, refreshed):
    before = {path.name: path.read_bytes() for path in site.iterdir()}
    again = build_site(refreshed.build / "default", folders=refreshed)
    assert before == {path.name: path.read_bytes() for path in again.iterdir()}
    assert not (refreshed.build / "default" / "site.partial").exists()


@pytest.mark.parametrize("formula", [r"\left( x", r"\nosuchcommand x"])
def test_a_formula_that_cannot_be_shown_names_its_notebook(refreshed, formula):
    notebook = refreshed.build / "default" / "notebooks" / "10-share.ipynb"
    notebook.write_text(notebook.read_text().replace("x_i < 2", formula.replace("\\", "\\\\")))
    with pytest.raises(InputError, match=f"notebook 10-share: the formula {re.escape(formula)} "):
        build_site(refreshed.build / "default", folders=refreshed)


def test_a_run_that_was_never_executed_says_how_to_execute_it(project):
    with pytest.raises(InputError, match="build/early has no executed notebook.*--run early"):
        build_site(project.build / "early", folders=project)
