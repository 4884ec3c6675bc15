from hypothesis import given
from hypothesis import strategies as st

from metrics.privacy import hidden


def test_a_single_small_group_takes_the_next_smallest_with_it():
    assert hidden([100, 3, 40, 60]) == {1, 2}
    assert hidden([100, 5, 40]) == set()
    assert hidden([3]) == {0}
    assert hidden([1, 1, 50, 9]) == {0, 1, 3}, "two hidden persons would still be a small group"
    assert hidden([4, 4, 50]) == {0, 1}
    assert hidden([0, 8, 9]) == set(), "nobody is no person"


@given(st.lists(st.integers(0, 30)), st.integers(1, 10))
def test_nobody_can_be_found_by_subtraction(sizes: list[int], least: int):
    places = hidden(sizes, least)
    assert {place for place, size in enumerate(sizes) if 0 < size < least} <= places
    shown = [size for place, size in enumerate(sizes) if place not in places and size > 0]
    rest = sum(sizes) - sum(shown)
    if places and shown:
        assert len(places) >= 2 and rest >= least
