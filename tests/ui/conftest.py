"""A store with the sample shop for the tests of the screen: built once, never changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import sample_data
from loaders.importing import import_delivery


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("screen") / "store"
    import_delivery(
        path, sample_data.delivery("small", 7), loader="sample", now=datetime(2026, 7, 1, tzinfo=UTC)
    )
    return path
