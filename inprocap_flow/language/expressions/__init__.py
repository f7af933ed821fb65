"""The expression language of guards, effects and dates: typed, three-valued, never run as Python.

``syntax`` reads text into trees, ``check`` types them when a file is loaded, ``evaluate`` compiles them to closures,
``plain`` writes the plain guards and reads every expression aloud. Nothing is imported here: the engine needs only
``tree`` and ``evaluate``.
"""
