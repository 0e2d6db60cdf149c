# Every target is a command of "python3 -m dev"; give further words with ARGS, for example: make test ARGS='-k order'

PYTHON ?= python3
ARGS ?=

help:
	@$(PYTHON) -m dev help

run test test-real bench prove lint reset sandbox order screenshots translations postgres environment: python
	@$(PYTHON) -m dev $@ $(if $(RING),--ring $(RING)) $(ARGS)

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed. Install it, or name one: make run PYTHON=python3.12" >&2; exit 1; }

.PHONY: help python run test test-real bench prove lint reset sandbox order screenshots translations postgres environment
