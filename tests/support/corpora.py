"""Small corpora for property tests: which countries stand on how many papers."""

import pandas as pd
from hypothesis import strategies as st

#: Namibia's code is there to be mistaken for a missing value, ZZ is an unknown country.
COUNTRIES = ["CN", "HK", "US", "GB", "DE", "FR", "JP", "NA", "ZZ"]


@st.composite
def corpora(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Up to eight kinds of papers, each of one to five countries, and how many there are of each."""
    kinds = draw(
        st.lists(
            st.tuples(st.sets(st.sampled_from(COUNTRIES), min_size=1, max_size=5), st.integers(1, 5)),
            min_size=1,
            max_size=8,
        )
    )
    rows = [
        (number, country, 1 / len(countries))
        for number, (countries, _) in enumerate(kinds)
        for country in sorted(countries)
    ]
    compositions = pd.DataFrame(rows, columns=["composition_id", "country", "share"])
    papers = pd.DataFrame({"composition_id": range(len(kinds)), "n_papers": [n for _, n in kinds]})
    return papers, compositions
