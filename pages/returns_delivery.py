"""What came when promised, what came back, and by whom."""

from stories.returns_delivery import gather, returns_delivery
from ui import data, frame
from ui.tell import tell

screen = frame.screen("returns_delivery", with_filters=True)
found = gather(data.asked(screen.key, screen.view))
tell(screen, "returns_delivery", lambda: returns_delivery(found, screen.lang))
