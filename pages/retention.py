"""Who comes back, when, and what they bring."""

from ui import frame, retention

retention.panel(frame.screen("retention", with_filters=True))
