"""Traffic's page: the story of the visits, cut where the link says."""

from __future__ import annotations

from language import say
from stories.traffic import gather, traffic
from ui import choose, data
from ui.screen import Screen
from ui.tell import tell

MINUTES = (10, 30, 60, 120)


def panel(screen: Screen) -> None:
    lang = screen.lang
    ends = {"": say("as the source says", lang)}
    ends |= {str(each): say("after {n} minutes of silence", lang, n=each) for each in MINUTES}
    silence = choose.one("silence", say("For lengths, a visit ends", lang), ends)
    found = gather(data.asked(screen.key, screen.view), (), float(silence) if silence else None)
    tell(screen, "traffic", lambda: traffic(found, lang), (silence,))
