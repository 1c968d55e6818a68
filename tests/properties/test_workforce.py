"""What holds of researchers whoever they are: the table is checked against the people themselves."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.measures import workforce
from compendium.places import blocs

MEMBERS = blocs.members()
CODES = ["CN", "HK", "US", "GB", "DE", "FR", "JP", "ZZ"]
PERSON = st.tuples(
    st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True).map(sorted),
    st.integers(2019, 2024),
    st.integers(1, 3),
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=25)


def table(people):
    """Count people down to the researcher table of one window, as `tabulation` does."""
    rows = pd.DataFrame(
        [(" ".join(codes), debut, works) for codes, debut, works in people],
        columns=["countries", "debut_year", "n_works"],
    )
    counted = rows.value_counts(sort=False).rename("n_researchers").reset_index()
    return counted.assign(window_start=2024, window_end=2024, author_key="name")


@given(PEOPLE, st.sampled_from(workforce.MIN_WORKS))
def test_counts_are_those_of_the_people_one_by_one(people, least):
    found = workforce.n_researchers(workforce.of_window(table(people), 2024, min_works=least), MEMBERS)
    for bloc, codes in MEMBERS.items():
        assert found[bloc] == sum(works >= least and bool(set(places) & set(codes)) for places, _, works in people)


@given(PEOPLE)
def test_mean_age_is_that_of_the_people_one_by_one(people):
    summary = workforce.age_summary(workforce.age_profile(table(people), MEMBERS))
    for bloc, codes in MEMBERS.items():
        ages = [2024 - debut for places, debut, _ in people if set(places) & set(codes)]
        if ages:
            assert summary.loc[bloc, "mean age"] == pytest.approx(sum(ages) / len(ages))
            assert 0 <= summary.loc[bloc, "mean age"] <= workforce.MOST_AGE
        else:
            assert summary.loc[bloc].isna().all()


@given(PEOPLE)
def test_parts_of_all_countries_add_up_to_the_people_and_whole_is_never_below_them(people):
    rows = table(people)
    each = {code: (code,) for code in CODES}
    parts = workforce.n_researchers(rows, each, "fractional")
    assert parts.sum() == pytest.approx(len(people))
    assert (workforce.n_researchers(rows, each) >= parts - 1e-9).all()


@given(PEOPLE)
def test_a_bloc_lies_between_its_largest_member_and_their_sum(people):
    found = workforce.n_researchers(table(people), {"EU": ("DE", "FR"), "DE": ("DE",), "FR": ("FR",)})
    assert found[["DE", "FR"]].max() <= found["EU"] <= found[["DE", "FR"]].sum()


@given(PEOPLE)
def test_asking_for_more_works_never_finds_more_people(people):
    counts = [
        workforce.n_researchers(workforce.of_window(table(people), 2024, min_works=least), MEMBERS)
        for least in workforce.MIN_WORKS
    ]
    assert all((more <= fewer).all() for fewer, more in zip(counts, counts[1:], strict=False))


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(people, random):
    rows = table(people)
    places = list(range(len(rows)))
    random.shuffle(places)
    pd.testing.assert_frame_equal(workforce.described(rows, MEMBERS), workforce.described(rows.iloc[places], MEMBERS))
