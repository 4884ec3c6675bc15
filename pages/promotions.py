"""What each promotion brought, what it cost, and whether to run it again."""

from ui import frame, promotions

promotions.panel(frame.screen("promotions", with_filters=True))
