"""The sample shop: a generator of a believable shop, from a seed."""

from sample_data.shop import deliver as delivery

__all__ = ["delivery"]
