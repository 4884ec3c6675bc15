"""What customers write about, how they feel about it, and what moved this week."""

from ui import frame, themes

themes.panel(frame.screen("themes", with_filters=True))
