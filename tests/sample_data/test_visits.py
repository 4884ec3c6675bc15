"""A run in which one thing is changed differs from the other by that thing alone."""

from dataclasses import replace

import numpy as np

from sample_data import days, visits
from sample_data import world as w
from sample_data.draws import Draws
from sample_data.people import Population, fresh_memory, traits

DRAWS, PEOPLE = Draws(5), Population(customers=4_000, cookies=2_000)
NOVEMBER = 4


def come(month: int) -> visits.Visits:
    people = traits(DRAWS, PEOPLE, 0, PEOPLE.people)
    return visits.visits(DRAWS, people, fresh_memory(PEOPLE), month)


def test_no_day_is_busier_than_the_rate_at_which_candidates_come():
    assert days.channel_season().max() < w.MOST_FLOW


def test_without_a_sale_some_visits_stay_away_and_all_others_are_the_same(monkeypatch):
    sale = next(one for one in days.HOLIDAYS if one.name == "11.11")
    people = traits(DRAWS, PEOPLE, 0, PEOPLE.people)
    before = visits.visits(DRAWS, people, fresh_memory(PEOPLE), NOVEMBER)
    calm = [replace(one, lift=1.0) if one is sale else one for one in days.HOLIDAYS]
    monkeypatch.setattr(days, "HOLIDAYS", calm)
    after = visits.visits(DRAWS, people, fresh_memory(PEOPLE), NOVEMBER)
    kept = np.isin(before.key, after.key)
    assert np.isin(after.key, before.key).all()
    assert days.within(sale, before.day[~kept]).all()
    for name in ("day", "start", "channel", "device", "region", "person"):
        np.testing.assert_array_equal(getattr(before, name)[kept], getattr(after, name))


def test_visits_lie_in_their_month_and_in_the_life_of_their_person():
    found, people = come(NOVEMBER), traits(DRAWS, PEOPLE, 0, PEOPLE.people)
    assert found.day.min() >= days.BOUNDS[NOVEMBER] and found.day.max() < days.BOUNDS[NOVEMBER + 1]
    assert (found.day >= np.floor(people.arrives[found.row])).all()
    assert (found.day < people.leaves[found.row] + 1).all()
    assert len(np.unique(found.key)) == len(found)


def test_e_mail_reaches_only_those_who_agreed():
    found, people = come(NOVEMBER), traits(DRAWS, PEOPLE, 0, PEOPLE.people)
    by_mail = found.channel == w.CHANNEL["E-mail"]
    assert by_mail.sum() > 20 and people.consent[found.row[by_mail]].all()
