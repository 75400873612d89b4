# Green Channel Market. `make run` and `make test` need nothing but Python 3.11 or newer and the package registries.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUN := $(BIN)/python manage.py
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -q
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-postgres test-demo test-e2e lint check format screenshots lock messages install install-dev browser clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

# --- the two commands of the README ---------------------------------------------------------------------------------
run: install ## install, database, demo day, site (PORT=8000)
	DEBUG=0 DEMO=1 $(RUN) up --demo --bind 127.0.0.1:$(PORT)

test: install-dev browser test-unit test-postgres test-demo test-e2e ## install, then the whole suite

# --- parts of the suite -----------------------------------------------------------------------------------------------
test-unit: install-dev ## everything but browsers and the demo, on SQLite
	$(BIN)/python -m tests.prepared $(WORKERS) $(PYTEST) -n $(WORKERS) --reuse-db -m "not e2e and not demo"

test-postgres: install-dev ## the same with the races, on a throw-away PostgreSQL
	$(BIN)/python -m tests.postgres $(BIN)/python -m tests.prepared $(WORKERS) $(PYTEST) -n $(WORKERS) --reuse-db -m "not e2e and not demo"

test-demo: install-dev ## the demo day, stage by stage
	$(BIN)/python -m tests.prepared $(WORKERS) $(PYTEST) -n $(WORKERS) --reuse-db -m demo

test-e2e: install-dev browser ## the main job in a browser
	@mkdir -p var
	TEST_SQLITE_FILE=var/e2e.sqlite3 $(PYTEST) -m e2e --create-db

# --- quality ----------------------------------------------------------------------------------------------------------
lint: install-dev ## style, types, templates, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy market orders cms config
	$(BIN)/djlint --quiet --lint config/templates market/templates orders cms/templates
	$(BIN)/lint-imports

check: lint ## lint, deployment checks, missing migrations, untranslated strings
	$(RUN) makemigrations --check --dry-run
	env -u DEBUG SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))") ALLOWED_HOSTS=market.example.org \
		SITE_URL=https://market.example.org SMS_BACKEND=example.Sms EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend \
		DJANGO_SETTINGS_MODULE=config.settings.production $(RUN) check --deploy --fail-level WARNING
	$(BIN)/python -m tests.untranslated

format: install-dev ## let ruff write the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# In Jinja2 templates `{{ _("…") }}` is collected, nothing else.
messages: install-dev ## collect strings for translation and compile them (needs gettext)
	$(RUN) makemessages -l en --no-obsolete --no-wrap --no-location -e html,py,txt -i node_modules -i .venv -i "tests/*" -i "benchmarks/*"
	$(BIN)/python -m tests.untranslated --compile

screenshots: install-dev browser ## take the pictures of the README from the demo day
	$(BIN)/python docs/screenshots.py

lock: ## pin every requirement with hashes (needs uv)
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-node.in -o requirements-node.txt
	npm install --package-lock-only

# --- installation -----------------------------------------------------------------------------------------------------
# Each stamp is written last, so that an interrupted installation is taken up again.
install: .venv/stamp-run node_modules/.stamp
install-dev: .venv/stamp-dev node_modules/.stamp

.venv/stamp-venv:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	touch $@

.venv/stamp-run: requirements.txt .venv/stamp-venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/stamp-dev: requirements-dev.txt .venv/stamp-run
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

# npm of the system, or the one inside a wheel where there is none.
node_modules/.stamp: package-lock.json requirements-node.txt .venv/stamp-venv
	@if command -v npm >/dev/null; then npm ci --no-fund --no-audit --loglevel=error; \
	else $(BIN)/pip install --quiet --require-hashes -r requirements-node.txt && \
		PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --no-fund --no-audit --loglevel=error; fi
	touch $@

browser:
	@if [ -x /usr/bin/chromium ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	else echo "no Chromium and no right to install it: browser tests will be skipped"; fi

clean: ## remove what was installed and the demo database
	rm -rf .venv node_modules var staticfiles
