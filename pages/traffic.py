"""How many visit the shop, how deep they look, and who comes back."""

from stories.blocks import Block
from stories.traffic import gather, traffic
from ui import data, frame
from ui.tell import tell

screen = frame.screen("traffic", with_filters=True)


def story() -> list[Block]:
    return traffic(gather(data.asked(screen.key, screen.view)), screen.lang)


tell(screen, "traffic", story)
