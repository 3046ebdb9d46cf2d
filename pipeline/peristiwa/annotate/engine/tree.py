"""The best dependency tree with one root: the best head of each word where these make a tree, else Chu-Liu/Edmonds.

J. Chu, T. Liu 1965; J. Edmonds 1967. One root by a penalty on its arcs: M. Stanojević, S. Cohen, EMNLP 2021.
"""

from __future__ import annotations

from typing import Any

import numpy


def are_trees(heads: Any, inside: Any) -> Any:
    """Which rows of ``heads`` are trees with one root: sentences x words, word 0 the root and its own head.

    ``inside`` tells the words from what fills a row up; the head of a filler is 0.
    """
    reached = heads
    for _ in range(max(1, int(heads.shape[1]).bit_length())):
        reached = numpy.take_along_axis(reached, reached, 1)
    return (reached == 0).all(1) & (((heads == 0) & inside).sum(1) == 2)


def best_tree(scores: Any) -> Any:
    """The heads of the best tree with one root. ``scores[d, h]`` is the score of word h as head of d; 0 is the root.

    The head of 0 is 0. A score of -inf forbids an arc. Takes time in the square of the words for every circle that is
    broken; an array of n x n floats is copied.
    """
    scores = scores.astype(numpy.float64)
    numpy.fill_diagonal(scores, -numpy.inf)
    scores[0] = -numpy.inf
    finite = scores[numpy.isfinite(scores)]
    if len(scores) > 2:
        scores[1:, 0] -= (finite.max() - finite.min() + 1) * len(scores)
    return numpy.array(_arborescence(scores))


def _arborescence(scores: Any) -> list[int]:
    """Chu-Liu/Edmonds on a score matrix without loops whose root is 0: circles are drawn together, one after the other."""
    stack: list[tuple[list[int], list[int], list[int], Any, Any]] = []
    while True:
        heads = [0, *(numpy.argmax(scores[1:], 1)).tolist()]
        circle = _circle(heads)
        if not circle:
            break
        others = sorted(set(range(len(heads))) - set(circle))
        scores, into, out_of = _contract(scores, heads, circle, others)
        stack.append((heads, circle, others, into, out_of))
    while stack:
        contracted = heads
        heads, circle, others, into, out_of = stack.pop()
        heads = _expand(contracted, heads, circle, others, into, out_of)
    return heads


def _circle(heads: list[int]) -> list[int]:
    """The nodes of the first circle, in order, or none."""
    seen_from = [-1] * len(heads)
    seen_from[0] = 0
    for start in range(1, len(heads)):
        node = start
        while seen_from[node] == -1:
            seen_from[node] = start
            node = heads[node]
        if node != 0 and seen_from[node] == start:
            circle = [node]
            while heads[circle[-1]] != node:
                circle.append(heads[circle[-1]])
            return sorted(circle)
    return []


def _contract(scores: Any, heads: list[int], circle: list[int], others: list[int]) -> tuple[Any, Any, Any]:
    """Scores with the circle as one last node; for each other node the member it enters by, and the one it is led from."""
    within = scores[circle, [heads[node] for node in circle]]
    entering = scores[numpy.ix_(circle, others)] - within[:, None]
    leaving = scores[numpy.ix_(others, circle)]
    into, out_of = entering.argmax(0), leaving.argmax(1)
    size = len(others)
    smaller = numpy.full((size + 1, size + 1), -numpy.inf)
    smaller[:size, :size] = scores[numpy.ix_(others, others)]
    smaller[size, :size] = entering[into, numpy.arange(size)]
    smaller[:size, size] = leaving[numpy.arange(size), out_of]
    smaller[0] = -numpy.inf
    return smaller, into, out_of


def _expand(contracted: list[int], heads: list[int], circle: list[int], others: list[int], into: Any, out_of: Any) -> list[int]:
    """The tree over all nodes from the one in which the circle was one node."""
    whole = list(heads)
    last = len(others)
    for node, head in zip(others, contracted[:last], strict=True):
        whole[node] = circle[out_of[others.index(node)]] if head == last else others[head]
    entry = contracted[last]
    whole[circle[into[entry]]] = others[entry]
    whole[0] = 0
    return whole
