"""Every metric: meaning, formula, worked example, where it is used."""

from ui import dictionary, frame

dictionary.panel(frame.screen("dictionary"))
