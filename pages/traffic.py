"""How many visit the shop, how deep they look, how long they stay, and who comes back."""

from ui import frame, traffic

traffic.panel(frame.screen("traffic", with_filters=True))
