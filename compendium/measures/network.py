"""The network of countries that publish together, and how central each country is in it.

An edge joins two countries that share at least `edge_threshold` papers. With a threshold of 400 on
the official matrix SPBS-92 these are the six measures of the official table SPBS-93.
"""

from collections.abc import Callable, Mapping

import networkx as nx
import numpy as np
import pandas as pd

from compendium.measures.collaboration import check_matrix

#: Decimals at which two values are a tie; what differs further on is arithmetic, not rank.
TIE_DECIMALS = 9


def graph(papers: pd.DataFrame, edge_threshold: float) -> nx.Graph:
    """Return the network: an edge of weight P_XY where P_XY ≥ `edge_threshold`.

    Parameters
    ----------
    papers : symmetric country × country matrix of shared papers; the diagonal is not read.
    edge_threshold : papers, above 0.

    A country without an edge is no node: it would add to PageRank's circulation and to nothing else.
    """
    if not edge_threshold > 0:
        raise ValueError(f"edge_threshold must be above 0, not {edge_threshold}")
    check_matrix(papers)
    network = nx.Graph()
    shared, names = papers.to_numpy(), papers.index.tolist()
    for x, y in np.argwhere(np.triu(shared >= edge_threshold, k=1)).tolist():
        network.add_edge(names[x], names[y], weight=float(shared[x, y]))
    return network


def degree(network: nx.Graph) -> dict[str, int]:
    """Return the number of countries that a country has an edge with.

    China shares papers with two countries, they share none:

    >>> papers = pd.DataFrame([[0, 3, 1], [3, 0, 0], [1, 0, 0]], ["CN", "US", "JP"], ["CN", "US", "JP"])
    >>> degree(graph(papers, 1)), degree(graph(papers, 2))
    ({'CN': 2, 'US': 1, 'JP': 1}, {'CN': 1, 'US': 1})
    """
    return dict(network.degree())


def strength(network: nx.Graph) -> dict[str, float]:
    """Return the sum of the weights of a country's edges: papers shared, once a partner."""
    return dict(network.degree(weight="weight"))


def betweenness(network: nx.Graph) -> dict[str, float]:
    """Return the pairs of other countries whose shortest paths run through a country.

    Not normalised: a pair with several shortest paths counts by their share (Freeman 1977). The
    weights are left out, because networkx would take them for distances and so turn them round.

    The way from the US to Japan runs through China:

    >>> papers = pd.DataFrame([[0, 3, 1], [3, 0, 0], [1, 0, 0]], ["CN", "US", "JP"], ["CN", "US", "JP"])
    >>> betweenness(graph(papers, 1))
    {'CN': 1.0, 'US': 0.0, 'JP': 0.0}
    """
    return nx.betweenness_centrality(network, normalized=False, weight=None)


def closeness(network: nx.Graph) -> dict[str, float]:
    """Return (n − 1) / sum of distances to the other countries of the same component (Freeman 1979).

    Distances are steps, for the reason given at `betweenness`. Without the scaling by Wasserman &
    Faust for a component's size, a pair apart from the rest has the highest closeness, 1.
    """
    return nx.closeness_centrality(network, distance=None, wf_improved=False)


def pagerank(network: nx.Graph) -> dict[str, float]:
    """Return weighted PageRank, damping 0.85 (Brin & Page 1998): shares that sum to 1."""
    return nx.pagerank(network, alpha=0.85, weight="weight", tol=1e-12, max_iter=1_000)


def eigenvector(network: nx.Graph) -> dict[str, float]:
    """Return weighted eigenvector centrality (Bonacich 1972), scaled so that the largest is 1.

    Solved exactly rather than by networkx, whose power iteration need not converge and whose
    solver refuses a network of several components; there, the component of the largest eigenvalue
    has all the centrality. Where components tie for it, each gets its part of an even start.
    """
    if not network:
        return {}
    values, vectors = np.linalg.eigh(nx.to_numpy_array(network, weight="weight"))
    leading = vectors[:, values >= values[-1] * (1 - 10.0**-TIE_DECIMALS)]
    scores = np.clip(leading @ leading.sum(axis=0), 0, None)
    return dict(zip(network, (scores / scores.max()).tolist(), strict=True))


#: How each measure is computed from the network.
FUNCTIONS: Mapping[str, Callable[[nx.Graph], dict[str, float]]] = {
    "degree": degree,
    "strength": strength,
    "betweenness": betweenness,
    "closeness": closeness,
    "pagerank": pagerank,
    "eigenvector": eigenvector,
}
MEASURES = tuple(FUNCTIONS)
#: Measures that do not look at the weights of the edges.
UNWEIGHTED = ("degree", "betweenness", "closeness")


def network_measures(papers: pd.DataFrame, edge_threshold: float = 1) -> pd.DataFrame:
    """Return the six measures, one row a country that has an edge, in the order of the matrix.

    Parameters
    ----------
    papers : symmetric country × country matrix of shared papers; the diagonal is not read.
    edge_threshold : least number of papers that makes an edge.

    Source: Science and Engineering Indicators 2024, table SPBS-93.
    """
    network = graph(papers, edge_threshold)
    scores = {name: function(network) for name, function in FUNCTIONS.items()}
    countries = [country for country in papers.index if country in network]
    return pd.DataFrame({name: pd.Series(score, dtype=float) for name, score in scores.items()}, index=countries)


def ranks(measures: pd.DataFrame) -> pd.DataFrame:
    """Return ranks, 1 for the largest; a tie shares the best rank, and the next ranks are left out.

    >>> ranks(pd.DataFrame({"degree": [5.0, 5.0, 3.0]}, index=["CN", "US", "JP"]))["degree"].to_dict()
    {'CN': 1, 'US': 1, 'JP': 3}
    """
    return measures.round(TIE_DECIMALS).rank(method="min", ascending=False).astype(int)
