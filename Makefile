# SPDX-License-Identifier: Apache-2.0
# Hookline is built here and nowhere else. `make help` lists what people call; CI calls the same.
#
# One folder of sources is one archive, and a test links only the archives its folder may use, so a layer that
# reaches upwards fails to link. Objects and programs go to build/<variant>/, one variant per compiler and SANITIZE.

.DEFAULT_GOAL := all
SHELL := /bin/sh

VERSION  := 0.1.0
CC       := gcc
SANITIZE :=
WERROR   :=
PREFIX   := /usr/local
CRASH_POINTS :=

# From the top of the tree downwards: each folder may use those behind it that its line in tools/layers names.
FOLDERS  := cli sandbox worker receiver config handlers rules pinpoint queue http base

comma    := ,
VARIANT  := $(notdir $(CC))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))$(if $(CRASH_POINTS),-crash)
BUILD    := build/$(VARIANT)
BIN      := $(BUILD)/hookline

PACKAGES := libcurl libcjson hiredis libmicrohttpd libuv libcrypto gumbo
TLS      := $(shell pkg-config --exists hiredis_ssl && echo hiredis_ssl)
# Debian 12's libjq has no .pc file.
PKG_FLAGS := $(shell pkg-config --cflags $(PACKAGES) $(TLS) 2>/dev/null)
PKG_LIBS  := $(shell pkg-config --libs $(PACKAGES) $(TLS) $(if $(TLS),libssl) 2>/dev/null) -ljq -lm

WARNINGS := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
            -Wformat=2 -Wundef -Wno-format-nonliteral
HARDEN   := -fstack-protector-strong -fPIE $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
CFLAGS   := -O2 -g
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DHOOKLINE_VERSION='"$(VERSION)"' -I. $(PKG_FLAGS) \
             $(WARNINGS) $(if $(WERROR),-Werror) $(HARDEN) $(CFLAGS) \
             $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
             $(if $(TLS),-DHAVE_HIREDIS_SSL) $(if $(CRASH_POINTS),-DCRASH_POINTS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

# Each folder's sources, its embedded files (folder, table) and its archive.
EMBED_queue  := queue/scripts:embedded_scripts
EMBED_config := presets:embedded_presets
EMBED_sandbox := sandbox/page:embedded_pages
EMBED_cli    := examples/events:embedded_events

archive  = $(BUILD)/lib$(1).a
archives = $(foreach f,$(1),$(call archive,$(f)))
below    = $(shell sed -n 's/^$(1)://p' tools/layers)

define folder_rules
SOURCES_$(1) := $$(sort $$(wildcard $(1)/*.c))
EMBEDDED_$(1) := $$(if $$(EMBED_$(1)),$(BUILD)/gen/$$(lastword $$(subst :, ,$$(EMBED_$(1)))).c)
OBJECTS_$(1) := $$(SOURCES_$(1):%.c=$(BUILD)/%.o) $$(EMBEDDED_$(1):.c=.o)
$(BUILD)/lib$(1).a: $$(filter-out $(BUILD)/cli/main.o,$$(OBJECTS_$(1)))
	@rm -f $$@
	@ar rcs $$@ $$^
ifneq ($$(EMBED_$(1)),)
$$(EMBEDDED_$(1)): $$(wildcard $$(firstword $$(subst :, ,$$(EMBED_$(1))))/*) tools/embed.sh
	@mkdir -p $$(@D)
	@sh tools/embed.sh $$(lastword $$(subst :, ,$$(EMBED_$(1)))) $$(firstword $$(subst :, ,$$(EMBED_$(1)))) $$(CRASH_POINTS) > $$@.new
	@mv $$@.new $$@
endif
TESTS_$(1) := $$(patsubst tests/%.c,$(BUILD)/tests/%,$$(sort $$(wildcard tests/$(1)/test_*.c)))
$$(TESTS_$(1)): $(BUILD)/tests/%: $(BUILD)/tests/%.o $$(call aids,$(1)) $$(call archives,$(1) $$(call below,$(1)))
	$$(quiet_link)
endef

quiet_link = @echo "  link  $@"; $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
             $(PKG_LIBS) $(if $(findstring /tests/,$@),-lcmocka)

# What tests share: tests/fakes for all of them, and whatever is no test_*.c for those of one folder.
aids = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/fakes/*.c) $(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c))))
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))

TESTS_e2e := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/e2e/test_*.c)))
$(TESTS_e2e): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(call aids,e2e) $(call archives,queue http base)
	$(quiet_link)

# They stand on e2e's stage, and kill what is on it.
TESTS_chaos := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/chaos/test_*.c)))
$(TESTS_chaos): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(call aids,chaos) $(filter $(BUILD)/tests/e2e/%,$(call aids,e2e)) \
                $(call archives,queue http base)
	$(quiet_link)

$(BUILD)/bench/queue: $(BUILD)/bench/queue.o $(call aids,bench) $(call archives,queue base)
	$(quiet_link)

OBJECTS_answerer := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard bench/answer_*.c)))
$(BUILD)/bench/answerer: $(BUILD)/bench/answerer.o $(OBJECTS_answerer) $(call archives,base)
	$(quiet_link)

TESTS_bench := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/bench/test_*.c)))
$(TESTS_bench): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(OBJECTS_answerer) $(call archives,base)
	$(quiet_link)

$(BUILD)/bench/bare: $(BUILD)/bench/bare.o
	$(quiet_link)

$(BUILD)/bench/cost: $(BUILD)/bench/cost.o $(call archives,receiver config handlers rules pinpoint queue http base)
	$(quiet_link)

bench-programs: $(BUILD)/bench/queue $(BUILD)/bench/answerer $(BUILD)/bench/bare

UNIT_TESTS := $(foreach f,$(or $(ONLY),$(FOLDERS) bench),$(TESTS_$(f)))

##@ Building
all: $(BIN) ## build the program (build/<variant>/hookline)

$(BIN): $(BUILD)/cli/main.o $(call archives,$(FOLDERS))
	$(quiet_link)

$(BUILD)/%.o: %.c | need-packages
	@mkdir -p $(@D)
	@echo "  cc    $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

need-packages:
	@pkg-config --exists $(PACKAGES) || { echo "make: these libraries are missing; ./run install installs them:"; \
	  for p in $(PACKAGES); do pkg-config --exists $$p || echo "  $$p"; done; exit 1; }

install: $(BIN) ## install the program below PREFIX (default /usr/local; DESTDIR is respected)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/hookline
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/hookline
	install -m 644 README.md LICENSE CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/hookline

clean: ## remove everything that was built
	rm -rf build

##@ Checking
test: unit e2e short-chaos ## run the whole suite (unit, queue and end-to-end tests, ten seconds of chaos)

unit: $(UNIT_TESTS) ## run the tests of the modules (the queue's against a private redis-server)
	@sh tools/run-tests.sh $(UNIT_TESTS)

e2e: $(BIN) $(TESTS_e2e) ## run the real program against a real Redis and the sandbox
	@HOOKLINE=$(BIN) sh tools/run-tests.sh $(TESTS_e2e)

short-chaos: $(BIN) $(BUILD)/tests/chaos/test_chaos $(BUILD)/tests/chaos/test_group
	@HOOKLINE=$(BIN) CHAOS_SECONDS=10 sh tools/run-tests.sh $(BUILD)/tests/chaos/test_chaos $(BUILD)/tests/chaos/test_group

# Crash points are in a build of their own, in which what was killed is also started again without ever longer waits.
chaos: ## kill processes and Redis at random for SECONDS= (60) under load; SEED= repeats a run
	@$(MAKE) --no-print-directory CRASH_POINTS=1 run-chaos
run-chaos: $(BIN) $(BUILD)/tests/chaos/test_chaos
	@HOOKLINE=$(BIN) CHAOS_SECONDS=$(or $(SECONDS),60) SEED=$(SEED) TEST_TIMEOUT=100000 \
	  sh tools/run-tests.sh $(BUILD)/tests/chaos/test_chaos

crash: ## kill at each crash point KILLS= times (20); POINT= names one point
	@$(MAKE) --no-print-directory CRASH_POINTS=1 run-crash
run-crash: $(BIN) $(BUILD)/tests/chaos/test_crash_points
	@HOOKLINE=$(BIN) KILLS=$(or $(KILLS),20) POINT=$(POINT) TEST_TIMEOUT=100000 \
	  sh tools/run-tests.sh $(BUILD)/tests/chaos/test_crash_points

soak: $(BIN) $(BUILD)/tests/chaos/test_soak ## steady load with faults for MINUTES= (10): memory, descriptors and keys come back
	@HOOKLINE=$(BIN) MINUTES=$(or $(MINUTES),10) TEST_TIMEOUT=100000 sh tools/run-tests.sh $(BUILD)/tests/chaos/test_soak

bench: $(BIN) bench-programs ## measure everything in one table, about three minutes; MEASURE= names some (bench/README.md)
	@HOOKLINE=$(BIN) $(if $(PROFILE),bench/run.sh --profile,bench/run.sh $(MEASURE))

cost: $(BUILD)/bench/cost ## count the instructions of an event's parts; more than 10 % off the record fails (needs valgrind)
	@COST=$< bench/cost.sh $(if $(RECORD),--record)

lint: ## check format, layers, banned words, function length, clang-tidy, cppcheck
	@sh tools/lint.sh

format: ## put every source into the pinned style
	@clang-format -i $(shell git ls-files '*.c' '*.h')

help: ## this list
	@awk -f tools/help.awk $(MAKEFILE_LIST)

# A test by its path: make build/gcc/tests/base/test_buf && build/gcc/tests/base/test_buf
.PHONY: all install clean test unit e2e short-chaos chaos run-chaos crash run-crash soak bench bench-programs cost lint format help need-packages
.SECONDARY:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
