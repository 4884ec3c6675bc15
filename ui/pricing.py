"""Pricing's page: the story, and in it the product and the price that are simulated. Both are the link."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import streamlit as st

from language import name, numbers, say
from metrics.experiment import experiment
from stories import turn_plan, turn_tables
from stories.answered import Answered
from stories.blocks import Heading
from stories.price_simulator import TITLE, nearest, options, prices
from stories.pricing import gather, pricing
from ui import choose, data, keeping
from ui.screen import Screen
from ui.show import show
from ui.tell import tell

PRODUCT, PRICE = "product", "price"  # in the link


def panel(screen: Screen) -> None:
    """The price of the link may lie outside of what was seen: then the story says so."""
    asked, price = data.asked(screen.key, screen.view), None
    with suppress(ValueError):
        price = float(st.query_params.get(PRICE, ""))
    found = gather(asked, product=st.query_params.get(PRODUCT, ""), price=price)
    controls = {}
    if found.found is not None and found.product:
        controls[say(TITLE, screen.lang)] = partial(_controls, screen, found.found, found.product, price)
    tell(screen, "pricing", lambda: pricing(found, screen.lang), (found.product, price), controls)
    if found.found is not None:
        _test(screen, found.found)


def _test(screen: Screen, found: Answered) -> None:
    """Lets the reader save the test of a category's prices that would tell."""
    plans = dict(found.result.tests.select("category", "plan").iter_rows())
    known = {each: name(each, screen.lang) for each in plans if each}
    if not known:
        return
    title = say("Keep a test of prices", screen.lang)
    about = say("Each product asks three prices in turn; the page Experiments reads it out.", screen.lang)
    show([Heading(title, about, 2)], screen)
    chosen = choose.one("test", say("Category", screen.lang), known)
    plan = experiment(plans[chosen])
    names = dict(found.result.products.select("product", "name").iter_rows())
    show(turn_plan.findings(plan, found, turn_plan.of_category(chosen), screen.lang), screen)
    show(turn_tables.schedule(plan, names, screen.lang), screen)
    keeping.form(screen, replace(plan, name=known[chosen]), f"price-{chosen}")


def _controls(screen: Screen, found: Answered, product: str, price: float | None) -> None:
    """Under the simulator's heading: which product, and a slider over the prices that were seen."""
    names, known = options(found), prices(found, product)
    with st.grid(2, min_column_width=260, key="simulator"):
        st.session_state[PRODUCT] = product
        st.selectbox(
            say("Product that is simulated", screen.lang),
            list(names),
            format_func=names.__getitem__,
            key=PRODUCT,
            on_change=_chosen,
        )
        if len(known) > 1:
            st.session_state[PRICE] = known[nearest(found, product, price)]
            st.select_slider(
                say("Price", screen.lang),
                known,
                format_func=lambda each: numbers.money(each, screen.shop.currency, screen.lang),
                key=PRICE,
                on_change=_moved,
            )


def _chosen() -> None:
    """Another product starts at its own best price."""
    st.query_params[PRODUCT] = st.session_state[PRODUCT]
    st.query_params.pop(PRICE, None)


def _moved() -> None:
    st.query_params[PRICE] = str(st.session_state[PRICE])
