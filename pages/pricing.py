"""Which prices to move and by how much, and what the data cannot tell."""

from ui import frame, pricing

pricing.panel(frame.screen("pricing", with_filters=True))
