"""Small groups of persons are not shown, nor is what would reveal them by subtraction."""

from __future__ import annotations

from collections.abc import Sequence

MIN_GROUP = 5  # persons


def hidden(sizes: Sequence[int], min_group: int = MIN_GROUP) -> set[int]:
    """Positions of the groups to hide, of groups that add up to a known total.

    sizes: persons in each group. Groups under `min_group` are hidden. Where those hidden are together
    still under it, as a single one is, the next smallest is hidden too, since the total less the groups
    shown would give them away. Empty groups are no persons and stay.
    """
    order = sorted((place for place, size in enumerate(sizes) if size > 0), key=lambda place: sizes[place])
    small = [place for place in order if sizes[place] < min_group]
    if not small:
        return set()
    count = len(small)
    while count < len(order) and sum(sizes[place] for place in order[:count]) < min_group:
        count += 1
    return set(order[:count])
