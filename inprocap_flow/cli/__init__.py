"""The command line: reads what people type, calls a use case of `service`, shows what came of it. No rules here.

`app` is the group with its table of commands, each imported only when it is called; `session` holds what every command
needs (settings, who acts, how to answer); `failing` maps errors to exit statuses; `layout` and `words` shape text.
"""
