"""Tests that are planned, running and read out; and the planner of new ones."""

from ui import experiments, frame

experiments.panel(frame.screen("experiments"))
