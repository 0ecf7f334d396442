# Thin targets; the work is done by `python3 -m tools COMMAND`.
PYTHON ?= python3
export DB ARGS DETACH DEMO SPEED FAULT OPERATION

.DEFAULT_GOAL := help
COMMANDS := demo demo-fault stop test db shell drop lint format bench i18n core-tests install-tests wheels help

.PHONY: $(COMMANDS)
$(COMMANDS):
	@$(PYTHON) -m tools $@
