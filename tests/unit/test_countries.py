"""Country codes: one spelling, one code."""

import re

import pytest

from compendium.places import blocs
from compendium.places.countries import continent_of, iso2, load_countries, name_of
from compendium.published import official

CONFERENCE_SPELLINGS = """
United States;China;Germany;Japan;United Kingdom;France;Canada;South Korea;Australia;Switzerland;
Italy;Singapore;India;Israel;Spain;Netherlands;Sweden;Austria;Belgium;Denmark;Portugal;Finland;
Greece;Brazil;Czech Republic;United Arab Emirates;Russian Federation;Türkiye;Norway;Poland;Iran;
Saudi Arabia;New Zealand;Mexico;Ireland;Vietnam;Slovenia;Romania;Hungary;South Africa;Thailand;
Chile;Luxembourg;Colombia;Qatar;Croatia;Egypt;Argentina;Lebanon;Estonia;Pakistan;Malaysia;Algeria;
Cyprus;Tunisia;Sri Lanka;Indonesia;Bangladesh;Serbia;Uruguay;Czechia;Bulgaria;Kazakhstan;Ukraine;
Peru;Jordan;Bosnia and Herzegovina;Philippines;Iraq;Russia;Kenya;Ecuador;Armenia;Latvia;Venezuela;
Lithuania;Slovakia;Malta;Morocco;Puerto Rico;Iceland;Cuba;Ethiopia;Nigeria;Cameroon;Libya;
State of Palestine;Oman;Kingdom of Saudi Arabia;Panama;Belarus;Ghana;Bahrain;Senegal;Kuwait;
Madagascar;Sudan;Namibia;New Caledonia;Myanmar;Guyana;Costa Rica;Azerbaijan;Liechtenstein;Hong Kong;
Macau;Macao;Taiwan"""
SERIES_SPELLINGS = (
    "China (mainland)",
    "Egypt",
    "France",
    "Germany",
    "India",
    "Taiwan",
    "United Kingdom",
    "United States",
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Namibia", "NA"),
        ("  namibia ", "NA"),
        ("TÜRKIYE", "TR"),
        ("Turkey", "TR"),
        ("Russian Federation", "RU"),
        ("Russia", "RU"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Kingdom of Saudi Arabia", "SA"),
        ("State of Palestine", "PS"),
        ("Macau", "MO"),
        ("Macao", "MO"),
        ("Hong Kong", "HK"),
        ("Taiwan", "TW"),
        ("China (mainland)", "CN"),
        ("UK", "GB"),
        ("South Korea", "KR"),
        ("North Korea", "KP"),
        ("Burma", "MM"),
        ("Niger", "NE"),
        ("Congo, Republic of the", "CG"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Guinea", "GN"),
        ("Papua New Guinea", "PG"),
        ("Dominica", "DM"),
        ("Georgia", "GE"),
        ("São Tomé and Príncipe", "ST"),
        ("Côte d’Ivoire", "CI"),
        ("Côte d'Ivoire", "CI"),
    ],
)
def test_spelling_has_its_code(name: str, code: str) -> None:
    assert iso2(name) == code


@pytest.mark.parametrize("name", ["", " ", "Unknown", "EU-27", "Chin", "Kosovo", "CN", "World"])
def test_what_is_no_country_has_no_code(name: str) -> None:
    assert iso2(name) is None


def test_every_spelling_of_conference_data_and_of_published_series_is_known() -> None:
    names = [name.strip() for name in CONFERENCE_SPELLINGS.split(";")]
    assert len(set(names)) == 108
    assert [name for name in (*names, *SERIES_SPELLINGS) if iso2(name) is None] == []


@pytest.mark.parametrize(
    "table", [table.out for table in official.OFFICIAL_TABLES if table.out != "spbs-96-institutions"]
)
def test_codes_of_the_official_tables_are_those_of_their_names(table: str) -> None:
    frame = official.read_official(table)
    known = official.AREAS | official.OTHERS | official.WITHOUT_CODE
    for code, name in frame[["iso2", "country"]].drop_duplicates().itertuples(index=False):
        assert code == (iso2(name) or ""), name
        assert code or name in known


def test_every_country_is_whole() -> None:
    countries = load_countries()
    assert len(countries) == 249 and list(countries) == sorted(countries)
    assert len({country.iso3 for country in countries.values()}) == 249
    for code, country in countries.items():
        assert re.fullmatch("[A-Z]{2}", code) and re.fullmatch("[A-Z]{3}", country.iso3)
        assert country.continent in {"AF", "AN", "AS", "EU", "NA", "OC", "SA"}
        assert iso2(country.name) == code
        assert all(iso2(alias) == code for alias in country.aliases)
        assert "," not in country.name or code in {"BQ", "SH"}  # plain, not "Korea, Republic of"


def test_code_has_its_name_and_continent() -> None:
    assert (name_of("NA"), continent_of("NA")) == ("Namibia", "AF")
    assert (name_of("KR"), continent_of("US")) == ("South Korea", "NA")
    for code in ("UK", "ZZ", "na", ""):
        with pytest.raises(KeyError, match="alpha-2"):
            name_of(code)
        with pytest.raises(KeyError, match="alpha-2"):
            continent_of(code)


def test_members_of_the_blocs_are_countries() -> None:
    countries = load_countries()
    for codes in blocs.members("CN+HK+MO+TW", "EU-28").values():
        assert set(codes) - {blocs.SOME_MEMBER} <= set(countries)
    assert blocs.SOME_MEMBER not in countries and blocs.SOME_MEMBER in blocs.members()["EU"]
