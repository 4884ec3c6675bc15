"""What was planted in the sample shop, and what methods find of it."""

from ui import frame, truths

truths.panel(frame.screen("truths"))
