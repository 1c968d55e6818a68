"""The reference table of cities and the country shapes: coverage, agreement with the tables, soundness."""

import numpy as np
import pandas as pd
import pytest

from compendium.measures import geography
from compendium.places import cities
from compendium.places.countries import load_countries


@pytest.fixture(scope="module")
def table():
    return cities.load()


def row(**changes):
    """One sound row, with what a test wants changed."""
    return {
        "slug": "oslo-school-no",
        "name": "Oslo School",
        "country": "NO",
        "city": "Oslo",
        "latitude": 59.9,
        "longitude": 10.7,
        "type": "education",
        "city_source": "seat of the institution",
        "share": np.nan,
        "note": None,
    } | changes


def frame(*rows):
    return pd.DataFrame(list(rows)).astype({"share": float, "latitude": float, "longitude": float})


def test_every_institution_that_is_large_in_some_year_has_its_row_and_no_other_has(table, proceedings):
    by_year = proceedings.institution_output.groupby(["institution_id", "year"])["n_papers"].sum()
    most = by_year.groupby("institution_id").max()
    large = set(most.index[most >= cities.LEAST_PAPERS])
    known = proceedings.institutions.loc[proceedings.institutions["institution_id"].isin(large)]
    assert set(table["slug"]) == set(known["slug"])
    assert len(table) > 400


def test_names_and_countries_are_those_of_the_tables(table, proceedings):
    merged = table.merge(proceedings.institutions[["slug", "name", "country"]], on="slug", suffixes=("", "_tables"))
    assert (merged["name"] == merged["name_tables"]).all()
    assert (merged["country"] == merged["country_tables"]).all()


def test_all_but_a_few_have_a_city_and_most_cities_are_printed(table):
    assert table["city"].isna().sum() <= 5
    assert table.loc[table["country"] != "ZZ", "city"].isna().sum() <= 1
    assert table["city_source"].str.startswith("printed addresses").mean() > 0.9


def test_counts_of_addresses_make_the_share(table):
    counted = table["city_source"].str.extract(r": (\d+) of (\d+) papers").astype(float)
    assert (counted[0] <= counted[1]).sum() == counted[0].notna().sum() == table["share"].notna().sum()
    assert ((counted[0] / counted[1] - table["share"]).abs().dropna() <= 0.005 + 1e-9).all()
    assert (counted[1].dropna() >= 3).all()


# Known from the institutions themselves; names that mislead among them.
@pytest.mark.parametrize(
    ("slug", "city"),
    [
        ("jinan-university-cn", "Guangzhou"),
        ("soochow-university-cn", "Suzhou"),
        ("northeastern-university-cn", "Shenyang"),
        ("northeastern-university-us", "Boston"),
        ("university-of-science-and-technology-of-china-cn", "Hefei"),
        ("jilin-university-cn", "Changchun"),
        ("national-university-of-defense-technology-cn", "Changsha"),
        ("xidian-university-cn", "Xi’an"),
        ("university-of-electronic-science-and-technology-of-china-cn", "Chengdu"),
        ("huazhong-university-of-science-and-technology-cn", "Wuhan"),
        ("southeast-university-cn", "Nanjing"),
        ("sun-yat-sen-university-cn", "Guangzhou"),
        ("chinese-university-of-hong-kong-hk", "Hong Kong"),
        ("chinese-university-of-hong-kong-shenzhen-cn", "Shenzhen"),
        ("stanford-university-us", "Stanford"),
        ("cornell-university-us", "Ithaca"),
        ("western-university-ca", "London"),
        ("mcgill-university-ca", "Montréal"),
        ("university-of-warwick-gb", "Coventry"),
        ("university-of-essex-gb", "Colchester"),
        ("german-aerospace-center-de", "Weßling"),
        ("national-yang-ming-chiao-tung-university-tw", "Hsinchu"),
        ("technion-israel-institute-of-technology-il", "Haifa"),
        ("osaka-university-jp", "Suita"),
    ],
)
def test_cities_that_are_known(table, slug, city):
    assert table.set_index("slug").loc[slug, "city"] == city


# Namesakes: the wrong one lies degrees away.
@pytest.mark.parametrize(
    ("slug", "latitude", "longitude"),
    [
        ("university-of-delaware-us", 39.7, -75.8),
        ("rensselaer-polytechnic-institute-us", 42.7, -73.7),
        ("california-institute-of-technology-us", 34.1, -118.1),
        ("university-of-massachusetts-amherst-us", 42.4, -72.5),
        ("pennsylvania-state-university-us", 40.8, -77.9),
        ("university-of-cambridge-gb", 52.2, 0.1),
        ("massachusetts-institute-of-technology-us", 42.4, -71.1),
        ("soochow-university-cn", 31.3, 120.6),
        ("fuzhou-university-cn", 26.1, 119.3),
        ("university-of-south-carolina-us", 34.0, -81.0),
    ],
)
def test_the_right_one_of_several_cities_of_a_name(table, slug, latitude, longitude):
    found = table.set_index("slug").loc[slug]
    assert abs(found["latitude"] - latitude) < 0.15 and abs(found["longitude"] - longitude) < 0.15


def test_every_city_lies_in_its_country(table):
    boxes = {}
    for code, rings in cities.shapes():
        boxes.setdefault(code, []).append((*rings[0].min(axis=0), *rings[0].max(axis=0)))
    for place in table.dropna(subset="city").itertuples():
        assert any(
            west - 0.1 <= place.longitude <= east + 0.1 and south - 0.1 <= place.latitude <= north + 0.1
            for west, south, east, north in boxes[place.country]
        ), place.slug


def test_the_bodies_of_several_sites_are_those_whose_addresses_differ(proceedings):
    placed = cities.places(proceedings.institutions).set_index("slug")
    several = placed["several_sites"]
    assert several[["chinese-academy-of-sciences-cn", "inria-fr", "cnrs-fr", "harbin-institute-of-technology-cn"]].all()
    assert not several[["tsinghua-university-cn", "stanford-university-us", "megvii-cn"]].any()


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([row(latitude=None)], "lacks coordinates or source"),
        ([row(city_source=None)], "lacks coordinates or source"),
        ([row(city=None)], "stand without a city"),
        ([row(city=None, latitude=None, longitude=None, city_source=None)], "does not say why"),
        ([row(slug="b-no"), row(slug="a-no")], "not sorted"),
        ([row(country="SE")], "end in its country"),
        ([row(slug="a-no"), row(slug="b-no", latitude=60.1)], "two coordinates"),
        ([row(), row()], "slug"),
        ([row(type="school")], "type"),
        ([row(latitude=91.0)], "latitude"),
        ([row(city_source="somebody said so")], "city_source"),
        ([row(country="no")], "country"),
    ],
)
def test_an_unsound_table_is_refused(rows, problem):
    with pytest.raises(cities.CityTableError, match=problem):
        cities.check(frame(*rows))


def test_a_sound_table_is_taken(tmp_path):
    sound = frame(row(slug="a-no"), row(slug="b-na", country="NA", city="Windhoek", latitude=-22.6, longitude=17.1))
    assert len(cities.check(sound)) == 2
    sound.to_csv(tmp_path / "cities.csv", index=False)
    assert list(cities.load(tmp_path / "cities.csv")["country"]) == ["NO", "NA"]  # Namibia is no missing value


def test_a_source_s_own_city_goes_before_the_table():
    institutions = pd.DataFrame(
        {
            "institution_id": [1, 2, 3],
            "slug": ["a-no", "b-no", "c-no"],
            "name": ["A", "B", "C"],
            "country": ["NO"] * 3,
            "type": ["company", None, None],
            "city": ["Bergen", None, None],
            "latitude": [60.4, np.nan, np.nan],
            "longitude": [5.3, np.nan, np.nan],
        }
    )
    table = frame(row(slug="a-no", share=0.5), row(slug="b-no", share=0.5))
    placed = cities.places(institutions, table)
    assert list(placed["city"].fillna("none")) == ["Bergen", "Oslo", "none"]
    assert list(placed["latitude"].fillna(0)) == [60.4, 59.9, 0]
    assert list(placed["type"].fillna("none")) == ["company", "education", "none"]
    assert list(placed["several_sites"]) == [False, True, False]


def test_shapes_are_closed_within_the_map_and_known_countries():
    seen = set()
    for code, rings in cities.shapes():
        seen.add(code)
        for ring in rings:
            assert len(ring) >= 4 and (ring[0] == ring[-1]).all()
            assert (np.abs(ring[:, 0]) <= 180).all() and (np.abs(ring[:, 1]) <= 90).all()
            # A step of half the world would be a line across the map, from an edge that was not cut.
            assert np.abs(np.diff(ring[:, 0])).max() < 60, code
    assert seen - {""} <= set(load_countries()) and {"CN", "HK", "MO", "TW", "SG", "GB", "US"} <= seen
    assert "AQ" not in seen and cities.SHAPES.stat().st_size < 1_500_000


def test_the_four_named_cities_are_spelt_as_in_the_table(table):
    assert set(geography.NAMED) <= set(table.loc[table["country"] == "CN", "city"])
