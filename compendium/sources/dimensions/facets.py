"""Aggregates of Dimensions that need few requests: counts of works, institutions and citations.

They are no tables: a facet tells how many works a country has, not which countries stand together
on a work, so compositions, shares and intervals cannot come from it. What it can tell exactly are
counts, and one thing that the records cannot: citations by the year of citing.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.measures.institutions import THRESHOLD
from compendium.places import blocs, countries
from compendium.project.errors import InputError
from compendium.sources.dimensions.client import Client
from compendium.sources.dimensions.pages import Pages
from compendium.sources.dimensions.queries import FIELDS, Cell, Question, quoted


def volume(pages: Pages, question: Question) -> pd.DataFrame:
    """Return the works of each year and country: year, country (alpha-2, as given), n_works.

    The row `world` counts each work once. One request a year.
    """
    rows = []
    for year in question.years:
        cell = Cell(question.fields, year)
        groups = pages.groups(cell, "research_org_countries")
        rows.append((year, "world", pages.announced[cell.name]))
        rows += sorted((year, code, group["count"]) for code, group in groups.items())
    return pd.DataFrame(rows, columns=["year", "country", "n_works"])


def institutions(pages: Pages, question: Question, year: int, threshold: int = THRESHOLD) -> pd.DataFrame:
    """Return the institutions with more than `threshold` works of a year.

    Columns institution_id, name, city, country (alpha-2 or None), n_works; most works first.
    One request, or one more a country where the world has too many institutions for one facet.
    Raises InputError where one country has.
    """
    world = Cell(question.fields, year)
    found = _complete(pages, world, threshold)
    if found is None:
        found = {}
        for code in sorted(pages.groups(world, "research_org_countries")):
            cell = Cell(question.fields, year, code)
            part = _complete(pages, cell, threshold)
            if part is None:
                raise InputError(
                    f"{cell.name}: {pages.limits.groups:,} institutions or more have more "
                    f"than {threshold} works; choose a higher threshold"
                )
            # A work of two countries counts under both, an institution's own count is in its own.
            found |= {
                key: group for key, group in part.items() if key not in found or group["count"] > found[key]["count"]
            }
    rows = [
        (
            key,
            group.get("name"),
            group.get("city_name"),
            countries.iso2(str(group.get("country_name") or "")),
            group["count"],
        )
        for key, group in found.items()
        if group["count"] > threshold
    ]
    rows.sort(key=lambda row: (-row[4], row[0]))
    return pd.DataFrame(rows, columns=["institution_id", "name", "city", "country", "n_works"])


def _complete(pages: Pages, cell: Cell, threshold: int) -> dict[str, dict] | None:
    """Return the institutions of a search, or None where some above the threshold may be left out.

    A facet gives the largest first.
    """
    groups = pages.groups(cell, "research_orgs", cut=True)
    full = len(groups) >= pages.limits.groups
    return None if full and min(group["count"] for group in groups.values()) > threshold else groups


def citations(
    client: Client, question: Question, citing_year: int, members: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """Return the citations made in `citing_year` to works of each bloc, published in any year.

    Columns bloc, citations, share (of the world's). A work counts once a bloc. The DSL gives
    citations by citing year for a whole search only, never by work: one request a bloc.
    """
    members = members or blocs.members()
    counted = {
        bloc: _received(client, question, citing_year, codes) for bloc, codes in (("world", ()), *members.items())
    }
    frame = pd.DataFrame({"bloc": list(counted), "citations": list(counted.values())})
    return frame.assign(share=frame["citations"] / counted["world"] if counted["world"] else float("nan"))


def _received(client: Client, question: Question, year: int, codes: Sequence[str]) -> int:
    names = ", ".join(quoted(FIELDS[code]) for code in question.fields)
    place = f" and research_org_countries.id in [{', '.join(map(quoted, codes))}]" if codes else ""
    answer = client.query(
        f"search publications where category_for_2020.name in [{names}]{place} "
        f"return citations_per_year({year}, {year})"
    )
    given = answer.get("citations_per_year")
    if isinstance(given, list):  # points of a series: the year and one number
        given = {
            point.get("year"): next((value for name, value in sorted(point.items()) if name != "year"), None)
            for point in given
            if isinstance(point, dict)
        }
    given = given if isinstance(given, dict) else {}
    number = {str(key): value for key, value in given.items()}.get(str(year))
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise InputError(
            f"citations_per_year({year}, {year}): the answer of Dimensions holds no number "
            f"of citations: {str(answer.get('citations_per_year'))[:80]}"
        )
    return number
