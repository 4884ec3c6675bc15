"""How satisfied customers say they are, by how they were asked, and how many of those asked answered."""

from stories.satisfaction import gather, satisfaction
from ui import data, frame
from ui.tell import tell

screen = frame.screen("satisfaction", with_filters=True)
found = gather(data.asked(screen.key, screen.view))
tell(screen, "satisfaction", lambda: satisfaction(found, screen.lang))
