"""What visitors do one after the other, and the ways that lead to a purchase."""

from ui import frame, paths

paths.panel(frame.screen("paths", with_filters=True))
