"""
Runs programs one after another in one interpreter, since what they import takes most of their time: the path of each comes as a line, and what
became of it goes out as a line of JSON.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback

# What a program starts has neither.
paths = os.fdopen(os.dup(0))
outcomes = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

for line in paths:
    output = io.StringIO()
    failed = False
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            runpy.run_path(line.strip(), run_name="__main__")
        except SystemExit as end:
            failed = end.code not in (None, 0)
        except BaseException:
            failed = True
            traceback.print_exc()
    print(json.dumps({"failed": failed, "output": output.getvalue()}), file=outcomes, flush=True)
