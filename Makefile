# `make` alone says what there is. Nothing but Python ≥ 3.11 is needed beforehand.

SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
MADE_FROM := requirements-dev.txt package-lock.json Makefile
STAMP := .venv/made-from-$(shell cat $(MADE_FROM) | cksum | cut -d' ' -f1)
FIND_PYTHON = for each in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$each; exit; }; done; \
	echo 'Python 3.11 eller nyere trengs; sett PYTHON=sti' >&2; exit 1

# These start nothing and need a core each; all other tests share real things, and want the machine for themselves.
IN_MEMORY := tests/unit tests/contract tests/simulation tests/guards

.PHONY: $(IN_MEMORY) help environment demo test prove simulate dead-letters reconcile secrets compose-check lock lint clean

help: ## Denne oversikten
	@sed -n 's/^\([a-z-]*\):.*## /\1#/p' Makefile | while IFS='#' read -r name text; do printf '  make %-14s%s\n' "$$name" "$$text"; done

environment: $(STAMP) ## Lag alt som trengs i .venv og .cache (gjøres ellers av seg selv)

$(STAMP):
	@python=$$($(FIND_PYTHON)) && $$python -m venv .venv
	@echo 'Henter Python-pakker …' && $(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@printf '%s\n' $(CURDIR)/chassis/src $(CURDIR)/services/*/src > "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/boligflyt.pth"
	@echo 'Henter sidenes stilark …' && $(BIN)/python -m demo.local.assets
	@echo 'Henter Kafka og innloggingstjener …' && $(BIN)/python -m demo.local.prepare
	@rm -f .venv/made-from-* && touch $(STAMP)

demo: environment ## Spill demoen (ONCE=1 avslutter med oppsummering, INPUT=mappe spiller egne filer)
	@$(BIN)/python -m demo $(if $(ONCE),--once) $(if $(INPUT),--input '$(INPUT)')

test: environment ## Kjør alt som må bestå
	@$(BIN)/python -m demo.local.chromium
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line lint $(IN_MEMORY)
	@$(BIN)/python -m pytest $(IN_MEMORY:%=--ignore %)

$(IN_MEMORY): environment
	@$(BIN)/python -m pytest -p no:cacheprovider $@

prove: environment ## Bevis det som er tilfeldig eller langt, med nyeste tall i docs/proof (ONLY=faults SEED=7)
	@$(BIN)/python -m tests.prove $(if $(ONLY),--only '$(ONLY)') $(if $(SEED),--seed $(SEED))

simulate: environment ## Simuler alle fire tjenestene under tilfeldige feil (SEEDS=10000, FROM=frø)
	@$(BIN)/python -m tests.simulation --record --seeds $(or $(SEEDS),10000) $(if $(FROM),--from $(FROM))

dead-letters: environment ## Hendelser som ikke kunne behandles, mens demoen går (SERVICE=intake ARGS="show 12")
	@$(BIN)/python -m demo.local.running $(SERVICE) -- dead-letters $(or $(ARGS),list)

reconcile: environment ## Avstem det som er sendt mot det som er mottatt, mens demoen går (ARGS="--republish --by kari")
	@$(BIN)/python -m demo.local.running $(SERVICE) -- reconcile $(ARGS)

secrets: ## Lag hemmelighetene som docker-compose.yml trenger, i mappen secrets (det som finnes, beholdes)
	@python=$$($(FIND_PYTHON)) && $$python -m demo.composed.secrets

compose-check: ## Bygg og start alt i containere, spill scenariet, og ta det ned igjen (krever Docker)
	@python=$$($(FIND_PYTHON)) && $$python -m demo.composed.check

lint: environment ## Stil, typer og importkontrakter
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: environment ## Lås avhengighetene på nytt (krever uv og npm)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.txt requirements-demo.in -o requirements-demo.txt
	npm install --package-lock-only
	npm install --package-lock-only --prefix demo/local/browser

clean: ## Fjern alt som er laget her
	rm -rf .venv .cache node_modules demo/local/browser/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
