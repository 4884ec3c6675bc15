"""Scheduled reports: what was sent, what was skipped, what failed, and why."""

from stories.runs import runs
from ui import data, frame
from ui.show import show

screen = frame.screen("runs")
show(runs(data.runs(), screen.shop.timezone, screen.lang), screen)
