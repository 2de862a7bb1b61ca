"""`python -m simkit` is the command line."""

import os
import sys

# Python would look for modules in the working folder first, which is somebody's repository: a folder of the name of a
# library would stand in for it, and its code would run.
if sys.path[:1] in ([""], [os.getcwd()]) and not os.path.isfile(os.path.join("simkit", "__main__.py")):
    del sys.path[0]

from simkit.cli import main

main()
