"""Permissions of files, also where root runs the tests: root may ignore them, and lays that right down for a while."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_VERSION_3, CAP_DAC_OVERRIDE = 0x20080522, 1


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Rights(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def minding_permissions() -> Iterator[None]:
    """Let this thread mind permissions like anybody else; a test that cannot be sure of that is skipped."""
    if sys.platform != "linux":
        pytest.skip("how root lays down a right is known for Linux only")
    if os.geteuid() != 0:
        yield
        return
    libc, header, rights = ctypes.CDLL(None, use_errno=True), _Header(_VERSION_3, 0), (_Rights * 2)()
    assert libc.capget(ctypes.byref(header), rights) == 0
    before = rights[0].effective
    rights[0].effective = before & ~(1 << CAP_DAC_OVERRIDE)
    assert libc.capset(ctypes.byref(header), rights) == 0
    try:
        yield
    finally:
        rights[0].effective = before
        assert libc.capset(ctypes.byref(header), rights) == 0
