"""Settings of all tests."""

from hypothesis import settings

settings.register_profile("house", deadline=None)  # the machine may be busy
settings.load_profile("house")
