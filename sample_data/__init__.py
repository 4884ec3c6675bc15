"""The sample shop: a believable shop, generated from a seed."""

from sample_data.sources import delivery

__all__ = ["delivery"]
