"""How satisfied customers say they are, by how they were asked, and what goes with it in money."""

from ui import frame, satisfaction

satisfaction.panel(frame.screen("satisfaction", with_filters=True))
