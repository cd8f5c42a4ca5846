# make run                                 installs what is missing, builds, segments a made-up log of 1,000,000 events
# make run DATA="a.csv b.csv.gz" OUT=dir   the same on your own event logs; ARGS="--k 4" gives further options
# make build                               the program: build/release/coterie
# make test, make test-sanitize            every test, also with AddressSanitizer and UndefinedBehaviorSanitizer
# make bench                               the benchmark against scikit-learn and DuckDB (bench/)
# make fuzz                                searches for inputs that break the CSV reader (FUZZ_SECONDS=600)
# make install PREFIX=/usr/local
JOBS    ?= $(shell nproc)
FUZZ_SECONDS ?= 600
PREFIX  ?= /usr/local
ROWS    ?= 1000000
SAMPLE   = build/sample/events_$(ROWS).csv
DATA    ?=
OUT     ?= build/run
ARGS    ?=
COTERIE  = build/release/coterie

.PHONY: run build test test-sanitize bench fuzz install clean dependencies

run: build $(if $(DATA),,$(SAMPLE))
	$(COTERIE) run $(or $(DATA),$(SAMPLE)) --out $(OUT) $(ARGS)

build: dependencies
	@[ -f build/release/build.ninja ] || cmake --preset release
	cmake --build --preset release --target coterie_cli -j $(JOBS)

dependencies:
	@tools/install_dependencies.sh

# Made once: build/release/coterie is no prerequisite, so that a rebuild does not make it again.
$(SAMPLE):
	@mkdir -p $(@D)
	$(COTERIE) sample events --rows $(ROWS) --out $@

test test-sanitize: preset = $(if $(filter test-sanitize,$@),sanitize,release)
test test-sanitize:
	@tools/install_dependencies.sh --test
	@[ -f build/$(preset)/build.ninja ] || cmake --preset $(preset)
	cmake --build --preset $(preset) -j $(JOBS)
	ctest --preset $(preset) -j $(JOBS) --output-junit junit.xml

bench: build
	bench/run.sh

fuzz:
	@tools/install_dependencies.sh --fuzz
	@[ -f build/fuzz/build.ninja ] || cmake --preset fuzz
	cmake --build --preset fuzz --target csv_fuzz -j $(JOBS)
	@mkdir -p build/fuzz/corpus
	build/fuzz/tests/csv_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 build/fuzz/corpus tests/fuzz/corpus

install: build
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build/release build/sanitize build/debug build/fuzz
