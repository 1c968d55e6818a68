"""One institution, one name; and its part of China."""

import csv

import pytest

from compendium.places import countries
from compendium.project.folders import PROJECT
from compendium.sources.proceedings.institutions import (
    campus,
    is_namesake_in_china,
    name_key,
    part_of_china,
    slug,
    unify,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Technische Universität München", "Technical University of Munich"),
        ("KAIST", "Korea Advanced Institute of Science and Technology"),
        ("École Polytechnique Fédérale de Lausanne", "EPFL"),
        ("The University of Hong Kong", "University of Hong Kong"),
        ("Technion—Israel Institute of Technology", "Technion - Israel Institute of Technology"),
        ("University of Illinois at Urbana-Champaign", "University of Illinois Urbana-Champaign"),
        ("Hong Kong University of Science & Technology", "Hong Kong University of Science and Technology"),
    ],
)
def test_two_spellings_of_one_institution(one, other):
    assert name_key(unify(one)[0]) == name_key(unify(other)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of California, Berkeley", "University of California, San Diego"),
        ("Nanjing University", "Nanjing Normal University"),
        ("Tsinghua University", "National Tsing Hua University"),
        ("Sun Yat-sen University", "National Sun Yat-sen University"),
        ("University of Chinese Academy of Sciences", "Chinese Academy of Sciences"),
        ("Huazhong University of Science and Technology", "Hunan University of Science and Technology"),
        ("Washington University in St. Louis", "University of Washington"),
        ("Google", "Google DeepMind"),
        ("Chinese University of Hong Kong", "Chinese University of Hong Kong, Shenzhen"),
    ],
)
def test_neighbours_stay_two(one, other):
    assert name_key(unify(one)[0]) != name_key(unify(other)[0])


def test_one_name_in_two_countries_is_two_institutions():
    assert slug("Northeastern University", "US") != slug("Northeastern University", "CN")


@pytest.mark.parametrize("name", ["", "Unknown Institution", "Independent Researcher", "†"])
def test_what_names_no_institution(name):
    assert unify(name)[0] is None


@pytest.mark.parametrize(
    ("address", "institution", "domain", "place"),
    [
        (
            "Dept. of Automation, Chinese University of Hong Kong, Hong Kong, China",
            "Chinese University of Hong Kong",
            "",
            "HK",
        ),
        ("The Chinese University of Hong Kong, Shenzhen", "Chinese University of Hong Kong", "link.cuhk.edu.cn", "CN"),
        ("The Chinese University of Hong Kong", "Chinese University of Hong Kong", "cuhk.edu.cn", "CN"),
        (
            "The Hong Kong University of Science and Technology (Guangzhou)",
            "Hong Kong University of Science and Technology",
            "hkust-gz.edu.cn",
            "CN",
        ),
        ("University of Macau, Macau, China", "University of Macau", "um.edu.mo", "MO"),
        ("National Tsing Hua University", "National Tsing Hua University", "", "TW"),
        ("National Taiwan University", "National Taiwan University", "ntu.edu.tw", "TW"),
        ("Tsinghua University, Beijing", "Tsinghua University", "", "CN"),
        ("Sun Yat-sen University, Guangzhou", "Sun Yat-sen University", "", "CN"),
        ("Fano Labs", "Fano Labs", "fano.com.hk", "HK"),
        ("Shanghai Jiao Tong University", "Shanghai Jiao Tong University", "sjtu.edu.cn", "CN"),
    ],
)
def test_parts_of_china(address, institution, domain, place):
    assert part_of_china(address, institution, domain) == place


def test_a_mainland_campus_has_its_own_name():
    mother = "Hong Kong University of Science and Technology"
    assert campus(mother, "HK") == mother
    assert campus(mother, "CN") == f"{mother} (Guangzhou)"


@pytest.mark.parametrize(
    ("address", "domain", "in_china"),
    [
        ("Northeastern University", "cse.neu.edu.cn", True),
        ("Northeastern University", "neu.edu.cn", True),
        ("Northeastern University, Shenyang", "gmail.com", True),
        ("Northeastern University", "neu.edu", False),
        ("Northeastern University", "", False),
        ("Northeastern University, Boston", "notneu.edu.cn", False),
    ],
)
def test_a_namesake_in_china_is_told_by_mail_domain_or_city(address, domain, in_china):
    assert is_namesake_in_china("Northeastern University", address, domain) is in_china
    assert not is_namesake_in_china("Boston University", address, domain)


def rows(name):
    with (PROJECT.reference / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_alias_table_is_sorted_and_has_no_chains():
    table = rows("institution_aliases.csv")
    keys = {name_key(row["alias"]) for row in table}
    assert len(keys) == len(table)
    assert not keys & {name_key(row["name"]) for row in table}
    assert not keys & {name_key(row["name"]) for row in rows("not_institutions.csv")}


def test_places_are_the_three_that_upstream_calls_china():
    assert {row["place"] for row in rows("china_regions.csv")} <= {"HK", "MO", "TW"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Russia", "RU"),
        ("Russian Federation", "RU"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Kingdom of Saudi Arabia", "SA"),
        ("Saudi Arabia", "SA"),
        ("Türkiye", "TR"),
        ("Namibia", "NA"),
        ("Unknown", None),
        ("", None),
    ],
)
def test_several_spellings_of_a_country(name, code):
    assert countries.iso2(name) == code
