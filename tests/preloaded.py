"""Imports every module of the program, in the process that others are forked from."""

import gc
import pkgutil
from importlib import import_module

import psycopg_pool
import pytest

import tests.faults.loop

__all__ = ["psycopg_pool", "pytest", "tests"]

for _package in ("policies", "aggregates", "projections", "governance"):
    for _module in pkgutil.walk_packages(import_module(_package).__path__, f"{_package}."):
        if not _module.name.endswith("__main__"):
            import_module(_module.name)
gc.collect()
gc.freeze()  # pages that are shared are not copied for the collector's marks
