"""The plan that the sample shop begins with: readable records with the incidents' own days."""

from metrics.improvement_record import read
from sample_data.days import CARRIER_FORTNIGHT, END, INCIDENTS
from sample_data.improvements import improvements


def test_every_record_is_one_of_a_planted_incident_with_its_days():
    made = {key: read(key, facts) for key, facts in improvements().items()}
    assert len(made) == 4
    for one in made.values():
        (incident,) = [each for each in INCIDENTS if one.finding.startswith(each.name)]
        assert one.done in (None, incident.last) and one.since in (None, incident.first)
    assert sum(one.is_overdue(END) for one in made.values()) == 1


def test_a_shop_without_the_incident_has_nothing_to_improve():
    assert len(improvements([CARRIER_FORTNIGHT.name])) == 3
