from datetime import UTC, datetime
from pathlib import Path

import pytest

import sample_data
from loaders.importing import import_delivery
from loaders.store import Store
from reports.shop import Opened, opened
from tests.stories.shop import build, more, orders


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The hand-made shop with every table that it has."""
    return build(Path(tmp_path_factory.mktemp("whole")), orders(), more())


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Only orders and their lines."""
    return build(Path(tmp_path_factory.mktemp("bare")), orders())


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The small sample shop, as stories ask it."""
    folder = tmp_path_factory.mktemp("sample")
    import_delivery(folder, sample_data.delivery("small", 7), loader="sample", now=datetime.now(UTC))
    return opened(folder)
