"""Where visitors are lost on their way to a purchase."""

from ui import frame, funnel

funnel.panel(frame.screen("funnel", with_filters=True))
