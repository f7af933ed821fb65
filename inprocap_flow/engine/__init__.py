"""Pure decisions: (binding, case, request, now) to events or a refusal. No clock, no database, no log."""
