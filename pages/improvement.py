"""What is done about what was found, by whom, until when, and whether it helped."""

from ui import frame, improvement

improvement.panel(frame.screen("improvement"))
