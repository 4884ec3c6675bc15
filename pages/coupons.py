"""What coupons brought, and what they cost with those who would have bought anyway."""

from stories.coupons import coupons, gather
from ui import data, frame
from ui.tell import tell

screen = frame.screen("coupons", with_filters=True)
found = gather(data.asked(screen.key, screen.view))
tell(screen, "coupons", lambda: coupons(found, screen.lang))
