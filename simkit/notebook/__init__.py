"""What simkit adds to a notebook: a graph to click through, and a bar for work that takes long.

Both need a notebook that somebody looks at. Where none does (nbconvert, nbclient, CI), the graph is a static picture
and the bar is not shown.
"""

from simkit.notebook.drawn import graph
from simkit.notebook.progress_bar import progress

__all__ = ["graph", "progress"]
