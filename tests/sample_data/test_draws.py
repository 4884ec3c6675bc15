import numpy as np
import pytest

from sample_data.draws import Draws

DRAWS = Draws(3)
PEOPLE = np.arange(200_000)


def test_a_draw_depends_on_question_keys_and_seed_and_on_nothing_else():
    whole = DRAWS.uniform("bounce", PEOPLE, 4)
    np.testing.assert_array_equal(whole[5_000:6_000], Draws(3).uniform("bounce", PEOPLE[5_000:6_000], 4))
    for other in (
        DRAWS.uniform("stay", PEOPLE, 4),
        DRAWS.uniform("bounce", PEOPLE, 5),
        Draws(4).uniform("bounce", PEOPLE, 4),
    ):
        assert abs(np.corrcoef(whole, other)[0, 1]) < 0.01


def test_uniform_fills_the_open_interval_evenly():
    found = DRAWS.uniform("u", PEOPLE)
    assert found.min() > 0 and found.max() < 1
    counts = np.histogram(found, bins=20, range=(0, 1))[0]
    assert np.abs(counts - 10_000).max() < 4 * np.sqrt(10_000)
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 0.01


@pytest.mark.parametrize(
    ("found", "mean", "deviation"),
    [
        (DRAWS.normal("n", PEOPLE), 0.0, 1.0),
        (DRAWS.exponential("e", 3.0, PEOPLE), 3.0, 3.0),
        (DRAWS.gumbel("g", PEOPLE), np.euler_gamma, np.pi / np.sqrt(6)),
        (np.log(DRAWS.lognormal("l", 2.0, 0.5, PEOPLE)), np.log(2.0), 0.5),
        (DRAWS.poisson("p", 0.4, PEOPLE), 0.4, np.sqrt(0.4)),
        (DRAWS.poisson("p", 60.0, PEOPLE), 60.0, np.sqrt(60.0)),
        (DRAWS.whole("w", 7, PEOPLE), 3.0, 2.0),
    ],
)
def test_moments(found, mean, deviation):
    error = deviation / np.sqrt(len(found))
    assert found.mean() == pytest.approx(mean, abs=5 * error)
    assert found.std() == pytest.approx(deviation, rel=0.02)


def test_pick_follows_the_weights():
    shares = np.bincount(DRAWS.pick("c", (1, 2, 5), PEOPLE), minlength=3) / len(PEOPLE)
    np.testing.assert_allclose(shares, (0.125, 0.25, 0.625), atol=0.005)


def test_the_most_likely_option_of_a_logit_is_drawn_by_its_probability():
    utility = np.array([0.0, 1.0, -0.5])
    chosen = (utility + DRAWS.gumbel("taste", PEOPLE[:, None], np.arange(3))).argmax(axis=1)
    shares = np.bincount(chosen, minlength=3) / len(PEOPLE)
    np.testing.assert_allclose(shares, np.exp(utility) / np.exp(utility).sum(), atol=0.005)


def test_poisson_keeps_the_shape_of_its_keys_and_means():
    found = DRAWS.poisson("p", np.array([0.0, 3.0]), PEOPLE[:, None], np.arange(2))
    assert found.shape == (len(PEOPLE), 2)
    assert found[:, 0].max() == 0 and found[:, 1].mean() == pytest.approx(3.0, rel=0.02)
