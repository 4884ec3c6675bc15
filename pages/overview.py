"""The first look: key figures, their trend, what needs attention, where it came from."""

from stories.blocks import Block
from stories.gather import gather
from stories.overview import overview
from ui import ahead, data, frame
from ui.tell import tell
from ui.view import View

screen = frame.screen("overview", with_filters=True)
checks = data.checks(screen.key)


def story(view: View) -> list[Block]:
    return overview(gather(data.asked(screen.key, view), checks), screen.lang)


tell(screen, "overview", lambda: story(screen.view))
ahead.compute(screen, "overview", story)
