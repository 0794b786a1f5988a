"""Starts ``python_driver`` as a module: of a script no bytecode is kept, and to make it takes a third of a start."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # not there by itself with PYTHONSAFEPATH

import python_driver  # type: ignore[import-not-found]

python_driver.main()
