"""How fast service answers and solves, what is open, and where tickets wait."""

from ui import frame, service

service.panel(frame.screen("service", with_filters=True))
