"""Starting files: what `inprocap-flow new` writes from a few answers, so that it passes `check` at once.

Each kind has a module that turns answers into the text of its files; `files` lays them out, looks at them as `check`
does, and writes all of them or none.
"""
