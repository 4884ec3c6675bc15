"""The sample shop: a believable shop whose truths are known, generated from a seed."""

from sample_data.run import run
from sample_data.sources import delivery

__all__ = ["delivery", "run"]
