"""What satisfaction goes with, how each driver performs, and what to fix first."""

from ui import drivers, frame

drivers.panel(frame.screen("drivers", with_filters=True))
