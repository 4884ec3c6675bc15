"""What data there is and how good it is: tables, quality, quarantine, imports, versions."""

from language import say
from stories.blocks import Heading
from ui import frame, imports, quarantine, tables, versions
from ui.show import show
from ui.tell import parts

screen = frame.screen("data")
lang = screen.lang
show([Heading(say("Data", lang))], screen)
known = {
    "tables": (say("Tables", lang), tables.panel),
    "quality": (say("Quality", lang), tables.quality),
    "quarantine": (say("Quarantine", lang), quarantine.panel),
    "versions": (say("Versions", lang), versions.panel),
}
last = {"import": (say("Import", lang), imports.panel)}
parts(screen, known | last if screen.opened else last)
