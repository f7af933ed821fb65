# Thin aliases for tools/dev.py, which needs no make. Arguments: make test ARGS="-k standstill"
.PHONY: help demo test lint check bench soak lock ci
help demo test lint check bench soak lock:
	@python3 tools/dev.py $@ $(ARGS)
ci:
	@bash .ci/run
