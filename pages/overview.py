"""The first look: key figures, their trend, what needs attention, where it came from."""

from stories.gather import gather
from stories.overview import overview
from ui import data, frame
from ui.tell import tell

screen = frame.screen("overview", with_filters=True)
asked, checks = data.asked(screen.key, screen.view), data.checks(screen.key)
tell(screen, "overview", lambda: overview(gather(asked, checks), screen.lang))
