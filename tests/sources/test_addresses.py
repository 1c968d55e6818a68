"""Index lists of real rows (names of people replaced), and what they must come to."""

from collections import Counter

import pytest

from compendium.sources.proceedings.addresses import (
    addresses_by_author,
    align_countries,
    author_key,
    parse_index,
    split_authors,
)

US, CN, UK, SG = "United States", "China", "United Kingdom", "Singapore"


def aligned(institutions, index, names, country_index, elsewhere=None):
    return align_countries(parse_index(index), parse_index(country_index), names, institutions, elsewhere or {})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0;1+2;0", [[0], [1, 2], [0]]),
        ("0;;1", [[0], [], [1]]),
        ("0 ; 1 + 1", [[0], [1, 1]]),
        ("", []),
        (None, []),
    ],
)
def test_index_lists(text, parts):
    assert parse_index(text) == parts


def test_authors_named_twice_are_counted_once():
    # icra2003: six authors stand there as twelve
    assert split_authors("A B;C D;E F;A B;C D;E F") == (["A B", "C D", "E F"], True)


def test_two_authors_of_one_name_are_no_doubled_list_unless_all_are():
    assert split_authors("A B;C D;A B") == (["A B", "C D", "A B"], False)


def test_commas_part_the_names_where_no_semicolon_does():
    # iccv2015, nips2017: twelve rows write names so
    assert split_authors("A B, C D,  E F") == (["A B", "C D", "E F"], False)
    assert split_authors("A B, Jr.; C D") == (["A B, Jr.", "C D"], False)


def test_names_meet_across_case_marks_and_points():
    assert author_key("José  C. Príncipe") == author_key("jose c principe") == "jose c principe"
    assert author_key("李 明") == "李 明"


def test_countries_of_equal_shape_are_taken_as_stated():
    # nips2018 row 5: the second author has two addresses
    found = aligned(["Aalto", "Newcastle", "Turing"], "0;1+2;0", ["Finland", UK], "0;1+1;0")
    assert found.countries == [["Finland"], [UK, UK], ["Finland"]]
    assert found.how == "stated"


def test_an_unknown_country_inside_a_part_is_put_back():
    # cvpr2015 row 96: four institutions, one of them without a country. Each of the second
    # author's two could be it; no other paper tells, so the first way is taken and named so.
    found = aligned(["ICG", "Graz", "Safety", "AIT"], "0+1;2+3", ["Austria", ""], "0+0;0")
    assert found.countries[0] == ["Austria", "Austria"]
    assert sorted(found.countries[1], key=str) == ["Austria", None]
    assert found.how == "ambiguous"


def test_other_papers_decide_between_ways_that_fit():
    elsewhere = {"AIT": Counter({"Austria": 9}), "ICG": Counter({"Austria": 3}), "Graz": Counter({"Austria": 30})}
    found = aligned(["ICG", "Graz", "Safety", "AIT"], "0+1;2+3", ["Austria", ""], "0+0;0", elsewhere)
    assert found.countries == [["Austria", "Austria"], [None, "Austria"]]
    assert found.how == "by other papers"


def test_the_place_of_the_empty_name_tells_which_institution_it_is():
    # naacl2024 row 771: the empty name stands second, so the second institution has no country
    found = aligned(["Shanghai AI Lab", "Independent", "USC", "BUPT"], "0;1;2;3", [CN, "", US], "0;2;0")
    assert found.countries == [[CN], [None], [US], [CN]]
    assert found.how == "one solution"


def test_an_author_without_any_country_is_dropped_from_the_list_and_put_back():
    # corl2025 row 168: Sakana has no country; its author has a second address that has one
    found = aligned(["Sakana", "Imperial", "Merantix"], "0+1;2;1;1", ["", UK, "Germany"], "1;2;1;1")
    assert found.countries == [[None, UK], ["Germany"], [UK], [UK]]


def test_unknown_stays_unknown_when_no_country_is_stated():
    found = aligned(["Somewhere", "Elsewhere"], "0;1", [""], "")
    assert found.countries == [[None], [None]]
    assert found.how == "none stated"


def test_a_list_that_no_way_fits_is_not_guessed():
    # more countries than addresses
    found = aligned(["A"], "0", [US, CN], "0;1;0")
    assert found.countries == [[None]]
    assert found.how == "no solution"


def test_unknown_is_no_country_name():
    assert aligned(["A", "B"], "0;1", ["Unknown", US], "0;1").countries == [[None], [US]]


def test_blank_entries_leave_their_author_without_address():
    # corl2024 row 228: the second of four authors printed nothing
    places = addresses_by_author(parse_index("0;0;0"), ["CMU", "", "CMU", "CMU"], 4, ["CMU"])
    assert places == [[0], [None], [1], [2]]


def test_an_address_that_names_no_institution_is_matched_by_its_text():
    # aaai2022 row 114: the first two addresses came to nothing upstream
    entries = ["NA VER", "NA VER", "KAIST", "LBox", "Upstage Research + Upstage", "Upstage Research + Upstage"]
    places = addresses_by_author(
        parse_index("1;2;3+4;3+4"), entries, 6, ["", "KAIST", "LBox", "Upstage Research", "Upstage"]
    )
    assert places == [[None], [None], [0], [1], [2, 3], [4, 5]]


def test_fewer_addresses_than_authors_leave_open_whose_they_are():
    # acmmm2024 row 423: three authors, two addresses
    assert addresses_by_author(parse_index("0;1"), ["Beihang", "NUS"], 3, ["Beihang", "NUS"]) is None


def test_more_addresses_than_authors_leave_open_whose_they_are():
    # icra2011 row 817: a semicolon inside an address made four of two
    entries = ["Centre", "School, Sydney", "Centre", "School, Sydney"]
    assert addresses_by_author(parse_index("0;0;0;0"), entries, 2, ["Sydney"]) is None


def test_authors_without_any_address():
    assert addresses_by_author([], ["", ""], 2, []) == [[None], [None]]
