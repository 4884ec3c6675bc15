"""A run in which one thing is changed differs from the other by that thing alone."""

from itertools import pairwise

import numpy as np
import pytest

from sample_data import days, flow, visits
from sample_data import world as w
from sample_data.draws import Draws
from sample_data.people import Population, fresh_memory, traits
from sample_data.plan import AFTER, CAMPAIGNS, PROMOTIONS
from sample_data.run import FACTUAL, Run

DRAWS, PEOPLE = Draws(5), Population(customers=4_000, cookies=2_000)
USUAL = flow.flow(DRAWS, FACTUAL)
NOVEMBER = 4


def people_of(run: Run = FACTUAL):
    return traits(DRAWS, PEOPLE, np.arange(PEOPLE.people), flow.flow(DRAWS, run), USUAL)


def come(month: int, run: Run = FACTUAL) -> visits.Visits:
    memory = fresh_memory(PEOPLE.people)
    return visits.visits(DRAWS, people_of(run), memory, flow.flow(DRAWS, run), USUAL, month)


def same(before: visits.Visits, after: visits.Visits, but: tuple[str, ...] = ()) -> np.ndarray:
    """Which visits are in both; these agree in everything but `but`."""
    kept, there = np.isin(before.key, after.key), np.isin(after.key, before.key)
    order, other = np.argsort(before.key[kept]), np.argsort(after.key[there])
    for name in {"day", "start", "channel", "campaign", "device", "region", "person"} - set(but):
        np.testing.assert_array_equal(
            getattr(before, name)[kept][order], getattr(after, name)[there][other], name
        )
    return kept


@pytest.mark.parametrize(
    "run",
    [
        Run(without=frozenset(one.id for one in PROMOTIONS)),
        Run(without=frozenset(one.id for one in CAMPAIGNS)),
        Run(without=frozenset(one.name for one in days.INCIDENTS)),
        Run(spend={"social-always": 0.5}),
    ],
)
def test_no_run_brings_more_than_the_usual_one_but_after_sales(run):
    found = flow.flow(DRAWS, run)
    assert (found.arrivals <= USUAL.arrivals).all() and (found.level <= found.arrivals + 1e-12).all()
    assert (found.reach <= found.planned + 1e-12).all()
    np.testing.assert_array_equal(found.planned, USUAL.reach)


def stayed_away(run: Run) -> np.ndarray:
    """By person: whether the run does not bring them at all."""
    return people_of(run).arrives > people_of().arrives


def test_without_a_sale_some_visits_stay_away_and_all_others_are_the_same():
    sale = next(one for one in PROMOTIONS if one.id == "double11")
    run = Run(without=frozenset([sale.id]))
    before, after = come(NOVEMBER), come(NOVEMBER, run)
    kept = same(before, after)
    first, last = days.of(sale.first), days.of(sale.last)
    brought = stayed_away(run)
    arrived = people_of().arrives[brought]
    assert brought.sum() > 5 and arrived.min() >= first and arrived.max() < last + 1
    gone = before.day[~kept & ~brought[before.person]]
    new = after.day[~np.isin(after.key, before.key)]
    assert len(gone) > 50 and gone.min() >= first and gone.max() <= last
    assert len(new) > 10 and new.min() > last and new.max() <= last + AFTER  # nothing was brought forward


def test_without_a_campaign_its_visits_stay_away_or_come_by_themselves():
    number, plan = next((n, one) for n, one in enumerate(CAMPAIGNS) if one.id == "sem-brand")
    run = Run(without=frozenset([plan.id]))
    before, after = come(NOVEMBER), come(NOVEMBER, run)
    usual, found = people_of(), people_of(run)
    others = (found.arrives != usual.arrives) | (found.channel != usual.channel)  # first brought by it
    brought = (before.campaign == number) | others[before.person]
    kept = same(before, after, but=("channel", "campaign"))
    assert (after.campaign != number).all()
    assert brought[~kept].all() and others[after.person][~np.isin(after.key, before.key)].all()
    clicked = before.key[(before.campaign == number) & ~others[before.person]]
    rerouted = np.isin(after.key, clicked)
    assert (after.channel[rerouted] == w.CHANNEL["Direct"]).all()
    assert rerouted.sum() / len(clicked) == pytest.approx(plan.anyway, abs=0.15)


def test_more_spend_brings_more_but_less_and_less():
    """The stated response: from nothing to the usual spend, each tenth adds less than the one before."""
    steps = np.linspace(0, 1, 11)
    reach = [
        flow.reach(DRAWS, Run(spend={"social-always": step}))[2, 100:].sum() if step else 0.0
        for step in steps
    ]
    added = np.diff(reach)
    assert (added > 0).all() and all(more > less for more, less in pairwise(added))


def test_a_pause_is_felt_for_days_where_advertising_carries_over():
    """Geometric adstock: with nothing spent, what remains falls by CARRY a day."""
    spent = flow.spend(DRAWS, FACTUAL)
    number = next(n for n, one in enumerate(CAMPAIGNS) if one.id == "social-always")
    pressure = spent[number] / flow.usual_spend()[number] / flow.click_price()[number]
    held, carry = 1.0, flow.CARRY["Social"]
    for day in range(days.DAYS):
        held = carry * held + (1 - carry) * pressure[day]
        expected = CAMPAIGNS[number].reach * (1 + flow.HALF) * held / (flow.HALF + held)
        assert USUAL.reach[number, day] == pytest.approx(expected)


def test_visits_lie_in_their_month_and_in_the_life_of_their_person():
    found, people = come(NOVEMBER), people_of()
    assert found.day.min() >= days.BOUNDS[NOVEMBER] and found.day.max() < days.BOUNDS[NOVEMBER + 1]
    assert (found.day >= np.floor(people.arrives[found.row])).all()
    assert (found.day < people.leaves[found.row] + 1).all()
    assert len(np.unique(found.key)) == len(found)


def test_e_mail_reaches_only_those_who_agreed():
    found, people = come(NOVEMBER), people_of()
    by_mail = found.channel == w.CHANNEL["E-mail"]
    assert by_mail.sum() > 20 and people.consent[found.row[by_mail]].all()
