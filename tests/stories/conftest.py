from pathlib import Path

import pytest

from loaders.store import Store
from tests.stories.shop import build, more, orders


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The hand-made shop with every table that it has."""
    return build(Path(tmp_path_factory.mktemp("whole")), orders(), more())


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Only orders and their lines."""
    return build(Path(tmp_path_factory.mktemp("bare")), orders())
