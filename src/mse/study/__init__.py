"""One study file to a checked configuration, a run and its manifest."""
