"""Whether the data identifies a product's elasticity, and the cheapest test that would."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log, sqrt
from statistics import NormalDist

import numpy as np

from metrics.price_fit import Fit
from metrics.price_panel import Panel
from metrics.reason import Reason

SPREAD = 0.01  # least standard deviation of the log price beyond effects and promotions: about 1 %
SHARE = 0.1  # least share of the base price's movement that these leave
POWER = 0.8
STEP = 0.15  # of a test: today's price, and so far below and above it
EFFECT = 1.0  # difference of elasticities that a test should find: of −2 from −1
LONGEST, TESTED = 26, 20  # weeks of a test; products in it
FRESH = 13  # weeks that tell what sells now


def reasons(panel: Panel, fitted: Fit, prices: int, weeks: int) -> list[Reason | None]:
    """By product, why its elasticity is not identified; None where it is."""
    offered = (panel.offered > 0).sum(axis=1)
    total = fitted.expected.sum(axis=1)
    safe = np.maximum(total, 1e-9)
    left, raw = np.sqrt(fitted.left / safe), np.sqrt(fitted.raw / safe)
    found: list[Reason | None] = []
    for i in range(len(panel.products)):
        if raw[i] < 1e-6:
            found.append(NEVER_MOVED)
        elif panel.prices[i] < prices:
            found.append(
                Reason("it had {found} different prices; {needed} are needed", found=int(panel.prices[i]),
                       needed=prices)
            )  # fmt: skip
        elif offered[i] < weeks:
            found.append(
                Reason("it was on sale in {found} weeks; {needed} are needed", found=int(offered[i]),
                       needed=weeks)
            )  # fmt: skip
        elif left[i] < SPREAD or fitted.left[i] < SHARE * fitted.raw[i]:
            found.append(NOT_ALONE)
        else:
            found.append(None)
    return found


NEVER_MOVED = Reason("its price before promotions never moved")
NOT_ALONE = Reason("its price hardly moved beyond promotions and what moved with it in the same weeks")


def test(panel: Panel, rows: Sequence[int], dispersion: float) -> tuple[list[int], int, float] | None:
    """The test of a category: its products, its weeks, and the difference of elasticities that it finds
    four times in five; None where nothing sells. rows: the category's products.

    Three prices for a third of the weeks each, turn by turn: the log price varies by Σ (log p − mean)² ÷ 3,
    and the elasticity's error is √(dispersion ÷ (units × that)).
    """
    now = panel.units[:, -FRESH:].sum(axis=1) / min(FRESH, panel.shape[1])
    best = sorted((i for i in rows if now[i] > 0), key=lambda i: (-now[i], panel.products[i]))[:TESTED]
    if not best:
        return None
    points = np.array([log(1 - STEP), 0.0, log(1 + STEP)])
    weekly = float(now[best].sum()) * float(points.var()) / dispersion
    far = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(POWER)
    weeks = min(max(3 * ceil(far**2 / (weekly * EFFECT**2) / 3), 6), LONGEST)
    return best, weeks, far / sqrt(weekly * weeks)
