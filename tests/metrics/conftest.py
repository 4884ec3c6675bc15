"""One test, every engine: `constructor` turns rows into a native frame of each in turn."""

import os
import shutil
from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pytest

Constructor = Callable[[pl.DataFrame], Any]

ENGINES = ("polars eager", "polars lazy", "duckdb", "pyspark")


@pytest.fixture(scope="session")
def spark():
    """One local Spark for all tests. Without Java its tests are skipped, but never in CI."""
    if shutil.which("java") is None:
        assert not os.environ.get("CI"), "CI needs Java: the metrics are promised to run on Spark"
        pytest.skip("Spark needs Java, and there is none on this machine")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        # Frames are tiny: compiling a query takes longer than interpreting it.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[1]").appName("metrics")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(params=ENGINES)
def constructor(request: pytest.FixtureRequest) -> Constructor:
    """frame → the same rows on an engine."""
    if request.param == "polars eager":
        return lambda frame: frame
    if request.param == "polars lazy":
        return lambda frame: frame.lazy()
    if request.param == "duckdb":
        connection = duckdb.connect()
        return lambda frame: connection.from_arrow(frame.to_arrow())
    session = request.getfixturevalue("spark")
    return lambda frame: session.createDataFrame(frame.to_arrow())
