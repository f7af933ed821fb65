"""Every class of faults, in the order in which the page about them lists them."""

from __future__ import annotations

from tests.mutation import faults_of_law, faults_of_steps, faults_of_time, faults_of_trust
from tests.mutation.fault import CLASSES, FaultClass

WRITTEN = (faults_of_steps, faults_of_time, faults_of_trust, faults_of_law)
faults_of_law.enter_weakenings()

ALL: tuple[FaultClass, ...] = tuple(CLASSES.values())
