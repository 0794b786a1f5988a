"""A candidate that ends its process while it is imported."""

import os

os.write(2, b"no licence\n")
os._exit(9)
