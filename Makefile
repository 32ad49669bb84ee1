# Hai lệnh: `make demo` chạy cả hệ thống trên một thế giới tưởng tượng; `make test` chạy mọi kiểm tra.
# Two commands: `make demo` runs the whole system on a made-up world; `make test` runs every check.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

# The machine's own certificates, as pip uses them.
export UV_SYSTEM_CERTS := true

.PHONY: demo desk test lint clean

demo: $(VENV)/.run
	$(BIN)/kiemtin demo --once --port 0 $(ARGS)

desk: $(VENV)/.run
	$(BIN)/kiemtin demo $(ARGS)

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest -n 2 -q $(ARGS)
	$(BIN)/python -m tests.support.not_run

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Every package by name and hash; pip alone suffices, uv is used to be quick.
$(VENV)/bin/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock

$(VENV)/.run: $(VENV)/bin/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock || $(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --editable . || $(BIN)/python -m pip install -q --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/bin/uv requirements-dev.lock pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock || $(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --editable . || $(BIN)/python -m pip install -q --no-deps --editable .
	touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) demo-data
