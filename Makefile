# What there is to do here. `make` alone lists it.

GO ?= go
SEED ?= 1
ONCE ?= 0
MANY ?= 100000
FUZZTIME ?= 10s
VENV ?= .cache/venv
SAM ?= $(if $(wildcard $(VENV)/bin/sam),$(VENV)/bin/sam,sam)
PYTHON ?= $(if $(wildcard $(VENV)/bin/python),$(VENV)/bin/python,python3)
AXE = axe-core@4.14.1
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := help
.PHONY: help run demo test race test-aws test-crash season scale sizes cost shots check fuzz rie sam api-check build tools clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## run the whole desk on this machine; needs Go and nothing else
	@echo "Building; the first time takes a minute."
	$(GO) run ./infra/deskhook run

demo: ## show a scratch desk at work; ONCE=1 ends when it has answered
	$(GO) run ./infra/deskhook demo $(if $(filter 1,$(ONCE)),--once)

test: ## all tests; what needs more than Go skips and says so
	$(GO) test ./...

race: ## the tests of what runs at the same time, under the race detector
	$(GO) test -race ./shared/queue/bolt ./shared/table/bolt ./shared/receive ./shared/config/... ./functions/delivery/... ./infra/local ./infra/local/runner ./infra/local/standin
	$(GO) test -race ./shared/ticketing -rapid.checks=5

test-aws: ## the adapters against DynamoDB Local and ElasticMQ; needs java and mvn
	$(GO) run ./infra/local/awslocal -- $(GO) test -count=1 ./shared/table/dynamo/... ./shared/queue/sqsq/...

test-crash: ## a running desk, killed ten times under load; then nothing missing, nothing twice; SEED=n
	$(GO) run ./infra/local/crash -seed $(SEED)

season: ## 10,000 customers over 90 days: whom the desk asks, and what it makes of their answers; SEED=n
	$(GO) test -count=1 -timeout 40m ./infra/local/season -run 'TestSeason$$' -v -args -customers=10000 -seed=$(SEED)

scale: ## what each route and page reads, writes and takes at 1,000 and at 100,000 tickets
	$(GO) test -count=1 -timeout 40m ./infra/check/scale -v -args -many=$(MANY)

sizes: ## each function's size as deployed, under its cap
	$(GO) run ./infra/check/sizes

cost: ## what messages and an idle month cost
	$(GO) run ./infra/deskhook cost

shots: ## pictures of the pages in a real browser, to .cache/shots; needs chromium
	.ci/shots

api-check: ## the API against its own document, driven by schemathesis; SEED=n; needs make tools
	SEED=$(SEED) VENV=$(VENV) .ci/api-check

check: ## format, vet, staticcheck, tidiness
	@test -z "$$(gofmt -l functions shared infra)" || { gofmt -l functions shared infra; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

fuzz: ## each fuzz target for FUZZTIME (10s)
	FUZZTIME=$(FUZZTIME) .ci/fuzz

rie: ## the functions' binaries under Lambda's own emulator; needs aws-sam-cli
	$(GO) test -count=1 -v ./infra/check/rie

sam: ## check the template and build what is deployed; needs aws-sam-cli and cfn-lint
	$(SAM) validate --lint --region us-east-1 --template template.yaml
	$(PYTHON) .ci/transform template.yaml
	$(SAM) build --template template.yaml

build: ## the command line, to bin/deskhook
	$(GO) build -trimpath -o bin/deskhook ./infra/deskhook

tools: .cache/axe.min.js ## aws-sam-cli, cfn-lint and schemathesis into .cache/venv, axe-core beside it; needs python3 and npm
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check aws-sam-cli cfn-lint 'schemathesis~=4.32'

.cache/axe.min.js: # judges the pages; too large to keep here
	mkdir -p .cache
	cd .cache && npm pack --silent $(AXE) && tar xzf axe-core-*.tgz --strip-components=1 package/axe.min.js && rm axe-core-*.tgz
	touch $@

clean: ## remove what was built and what the local desk keeps
	rm -rf bin .aws-sam .deskhook
