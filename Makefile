# leakaudit: one Makefile, no recursion. `make help` lists the targets.
#   MODE=release (default) | debug | asan | fuzz ; each has its own build folder.
#   WERROR=1 makes warnings errors (CI and `make check` do); V=1 shows the commands.

MODE    ?= release
B       := build/$(MODE)
ifeq ($(origin CC),default)
CC      := $(if $(filter fuzz,$(MODE)),clang,gcc)
endif
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/leakaudit
DATADIR    ?= $(PREFIX)/share/leakaudit
MANDIR     ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSUSERDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILEDIR ?= $(PREFIX)/lib/tmpfiles.d
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
COMPDIR    ?= $(PREFIX)/share/bash-completion/completions
VERSION    := 0.1.0

# Which library goes where is the privilege boundary (tests/lint/links.sh proves it).
PKGS_SCAN  := libhs libpcre2-8 libarchive expat libsodium yaml-0.1 zlib gmime-3.0 sqlite3 nettle
LIBS_SCAN  := -lmagic -lm
# Optional: without it a PDF is a gap `unsupported`, and `make` says so.
# `make deps` may be about to install them: then nothing is said yet.
exists      = $(shell pkg-config --exists $(1) 2>/dev/null && echo 1)
missing     = $(if $(filter deps demo check help clean,$(MAKECMDGOALS)),,$(info make: $(1)))
POPPLER    := $(call exists,poppler-glib)
ifeq ($(POPPLER),1)
PKGS_SCAN  += poppler-glib gio-2.0
DEF_PDF    := -DHAVE_POPPLER
CFLAGS_PDF := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags poppler-glib))
else
$(call missing,no poppler-glib (libpoppler-glib-dev): PDF files will not be read)
endif
# Optional: zlib takes three times as long over a zip.
ISAL       := $(call exists,libisal)
ifeq ($(ISAL),1)
PKGS_SCAN  += libisal
DEF_ISAL   := -DHAVE_ISAL
else
$(call missing,no ISA-L (libisal-dev): zip files are read with zlib at a third of the speed)
endif
PKGS_AUDIT := libsodium yaml-0.1 sqlite3
PKGS_CAGE  := libseccomp

# --- sources: every .c in a folder belongs to that folder's library -----------
PROGRAMS  := leakaudit leakaudit-worker leakauditd
MAINS     := $(PROGRAMS:%=auditd/%.c)
BASE_SRC  := $(wildcard scanners/base/*.c) scanners/item.c $(wildcard scanners/finding*.c)
SCAN_SRC  := $(filter-out $(BASE_SRC),$(wildcard scanners/*.c scanners/extract/*.c \
             scanners/match/*.c scanners/detect/*.c scanners/classify/*.c))
WIRE_SRC  := auditd/bundle.c auditd/ipc.c auditd/wire.c auditd/wire_setup.c
CAGE_SRC  := auditd/sandbox.c auditd/sandbox_filter.c auditd/selftest.c auditd/serve.c
WORK_SRC  := $(WIRE_SRC) $(CAGE_SRC)
AUDIT_SRC := $(filter-out $(MAINS) $(WORK_SRC),$(wildcard auditd/*.c)) $(WIRE_SRC)
TLIB_SRC  := $(wildcard tests/lib/*.c)
UNIT      := $(patsubst %.c,%,$(notdir $(wildcard tests/unit/test_*.c)))
BENCHES   := $(patsubst %.c,%,$(notdir $(wildcard tests/bench/*.c)))
TOOLS     := $(patsubst %.c,%,$(notdir $(wildcard tests/tools/*.c)))
# every `const struct extractor extract_NAME` gets a fuzzer of that name
EXTRACTORS := $(sort $(shell sed -n 's/^const struct extractor extract_\([a-z0-9_]*\).*/\1/p' \
             scanners/extract/*.c))
FUZZERS   := $(EXTRACTORS:%=fuzz_extract_%) \
             $(filter-out fuzz_extract,$(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c))))

obj = $(patsubst %.c,$(B)/%.o,$(1))

# --- flags ---------------------------------------------------------------------
WARN := -Wall -Wextra -Wconversion -Wformat=2 -Wshadow -Wvla -Wundef \
        -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
        -Wwrite-strings -Wpointer-arith -Wimplicit-fallthrough -Wnull-dereference \
        -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types \
        -Werror=int-conversion
HARD := -fPIE -fstack-protector-strong -fstack-clash-protection \
        -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
# Asked of each compiler once and remembered in $(PROBE): newer ones are used where known.
PROBE := $(B)/probe-$(subst /,-,$(subst $() ,-,$(CC))).mk
MAYBE_release := -ftrivial-auto-var-init=zero
MAYBE := -fstrict-flex-arrays=3 -fzero-init-padding-bits=all -fcf-protection=full \
         -mbranch-protection=standard -Wtrampolines -Wbidi-chars=any -Wlogical-op \
         -Wduplicated-cond $(MAYBE_$(MODE))
HARD_LD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed

CFLAGS_release := -O2 -g $(HARD) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
LDFLAGS_release := $(HARD_LD)
CFLAGS_debug := -Og -g3
SAN := address,undefined
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all \
               -DSANITIZED
LDFLAGS_asan := -fsanitize=$(SAN)
CFLAGS_fuzz := $(CFLAGS_asan) -fsanitize=fuzzer-no-link -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
LDFLAGS_fuzz := -fsanitize=$(SAN)
ifdef WERROR
WARN += -Werror
endif

DEFS = -DVERSION='"$(VERSION)"' -DLIBEXECDIR='"$(LIBEXECDIR)"' -DDATADIR='"$(DATADIR)"' \
       -DSYSCONFDIR='"$(SYSCONFDIR)"' $(DEF_PDF) $(DEF_ISAL)
ALL_CFLAGS  = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iscanners -Iauditd -Itests/lib \
              $(DEFS) $(WARN) $(CFLAGS_$(MODE)) $(PROBED) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(MODE)) $(LDFLAGS)
SCAN_LIBS   = $(shell pkg-config --libs $(PKGS_SCAN)) $(LIBS_SCAN)
# What most symbols are found in comes first: the loader looks through seventy libraries in this order,
# for eighteen thousand symbols, at each start of a worker.
FIRST_release = -Wl,--push-state,--no-as-needed -lstdc++ $(if $(POPPLER),-lpoppler) -lc -Wl,--pop-state
AUDIT_LIBS  = $(shell pkg-config --libs $(PKGS_AUDIT))
CAGE_LIBS   = $(shell pkg-config --libs $(PKGS_CAGE))
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

.PHONY: all help deps demo check check-run check-long check-system deb unit unit-build test lint layers links headers formats bench eval fuzz format install \
        uninstall clean FORCE tools
all: $(PROGRAMS:%=$(B)/%)                ## the programs, in build/MODE/
help:                                    ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## *\(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  %-10s %s\n", $$1, $$2}'

# --- programs ------------------------------------------------------------------
$(B)/leakaudit $(B)/leakauditd: $(B)/%: $(B)/auditd/%.o $(B)/libaudit.a $(B)/libbase.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(AUDIT_LIBS)
$(B)/leakaudit-worker: $(B)/auditd/leakaudit-worker.o $(call obj,$(WORK_SRC)) $(B)/libscan.a $(B)/libbase.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(FIRST_$(MODE)) $(SCAN_LIBS) $(CAGE_LIBS)

$(B)/libbase.a:  $(call obj,$(BASE_SRC))
$(B)/libscan.a:  $(call obj,$(SCAN_SRC))
$(B)/libaudit.a: $(call obj,$(AUDIT_SRC))
$(B)/libcage.a:  $(call obj,$(CAGE_SRC))
$(B)/libtest.a:  $(call obj,$(TLIB_SRC))
$(B)/%.a:
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(CFLAGS_$(basename $(notdir $<))) $(if $(findstring /pdf,$<),$(CFLAGS_PDF)) -MMD -MP -c -o $@ $<
# GMime's headers are not where the others are, and not written for our warnings.
CFLAGS_mail_codec = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags gmime-3.0))
# The wide form of the scanner is compiled for AVX2 and chosen at run time.
CFLAGS_bitscan_avx2 := $(if $(filter x86_64,$(shell uname -m)),-mavx2)

# A change of compiler or flags rebuilds; an unchanged set does not.
$(B)/flags: FORCE
	@mkdir -p $(@D); f='$(CC) $(subst ','\'',$(ALL_CFLAGS))'; \
	 [ "$$f" = "`cat $@ 2>/dev/null`" ] || echo "$$f" >$@
$(PROBE): Makefile
	@mkdir -p $(@D); for f in $(MAYBE); do \
	   $(CC) -Werror $$f -c -x c /dev/null -o /dev/null 2>/dev/null && echo "PROBED += $$f"; done >$@; true

# --- a fresh machine ------------------------------------------------------------
# Debian 12's names. The second list is for the tests only.
DEB_BUILD := gcc make pkg-config libvectorscan-dev libpcre2-dev libarchive-dev libmagic-dev \
             libexpat1-dev libgmime-3.0-dev zlib1g-dev libsodium-dev libseccomp-dev libyaml-dev \
             libpoppler-glib-dev poppler-data libsqlite3-dev nettle-dev libisal-dev
DEB_TEST  := libcmocka-dev binutils clang-format-14 cpio git libarchive-tools lz4 p7zip-full python3 \
             qpdf strace zip zstd
# For `make deb`, and for `make check-system`, alone.
DEB_PACK  := debhelper dpkg-dev fakeroot
DEB_SYSTEM := debootstrap gnutls-bin lintian lnav logrotate rsyslog rsyslog-gnutls systemd util-linux
deps:                                    ## install missing Debian packages
	@tests/deps.sh $(DEB_BUILD) $(DEB_TEST)
demo: deps                               ## scan a generated sample share
	@$(MAKE) --no-print-directory all $(B)/tests/tools/make-share
	@rm -rf build/demo && mkdir -p build/demo && $(B)/tests/tools/make-share build/demo/share
	@echo; $(B)/leakaudit scan build/demo/share; r=$$?; [ $$r -eq 1 ] || exit 2

# --- tests -----------------------------------------------------------------------
ALL_TEST_LIBS = $(SCAN_LIBS) $(AUDIT_LIBS) $(CAGE_LIBS) -lcmocka
TEST_OBJS = $(B)/libtest.a $(B)/libscan.a $(B)/libcage.a $(B)/libaudit.a $(B)/libbase.a
tools: $(TOOLS:%=$(B)/tests/tools/%)     ## small programs for developers (extract-dump ...)
$(UNIT:%=$(B)/tests/unit/%): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(TEST_OBJS)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_TEST_LIBS)
$(TOOLS:%=$(B)/tests/tools/%): $(B)/tests/tools/%: $(B)/tests/tools/%.o $(TEST_OBJS)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_TEST_LIBS)
$(B)/tests/eval/make-eval: $(call obj,$(wildcard tests/eval/*.c)) $(TEST_OBJS)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_TEST_LIBS)
# A scan-case with one source file changed: the gate has to notice. The script's first line names it.
MUTANTS := $(basename $(notdir $(wildcard tests/eval/mutants/*.sed)))
$(MUTANTS:%=$(B)/tests/eval/mutants/%): $(B)/tests/eval/mutants/%: tests/eval/mutants/%.sed $(B)/tests/tools/scan-case.o $(TEST_OBJS)
	$(call say,LINK,$@)mkdir -p $(@D) && s=$$(sed -n '1s/^# //p' $<) && sed -f $< $$s >$@.c && ! cmp -s $$s $@.c && \
	 $(CC) $(ALL_CFLAGS) -I$$(dirname $$s) -c -o $@.o $@.c && \
	 $(CC) $(ALL_LDFLAGS) -o $@ $(B)/tests/tools/scan-case.o $@.o $(TEST_OBJS) $(ALL_TEST_LIBS)
EVAL_SET = $(B)/eval
HELDOUT_SET = $(B)/heldout
eval: all tools $(B)/tests/eval/make-eval ## how often each rule is right; WRITE=1 keeps the figures, SET=heldout: the second author's
ifeq ($(SET),heldout)
	@rm -rf $(HELDOUT_SET) && $(B)/tests/eval/make-eval $(HELDOUT_SET) 2 5 tests/eval/heldout/*.txt
	@python3 tests/eval/score.py $(B) $(HELDOUT_SET) $(SHOW:%=--show %)
else
	@rm -rf $(EVAL_SET) $(EVAL_SET).rules && $(B)/tests/eval/make-eval $(EVAL_SET) 1 10 tests/eval/scenarios/*.txt
	@cp -r config/rules $(EVAL_SET).rules && cp tests/eval/terms.yaml $(EVAL_SET).rules/zz-terms.yaml
	@python3 tests/eval/score.py $(B) $(EVAL_SET) --rules $(EVAL_SET).rules $(if $(WRITE),--write,--against) docs/accuracy.md $(SHOW:%=--show %)
endif
$(BENCHES:%=$(B)/tests/bench/%): $(B)/tests/bench/%: $(B)/tests/bench/%.o $(TEST_OBJS)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_TEST_LIBS)
$(B)/tests/unit/test_pool $(B)/tests/unit/test_pool_load $(B)/tests/unit/test_pool_hung: | $(B)/tests/tools/test-worker
$(B)/tests/unit/test_pool_hung: | $(B)/tests/tools/fuse-share
$(B)/tests/unit/test_pool_pages: | $(B)/leakaudit-worker
unit: $(UNIT:%=$(B)/tests/unit/%)        ## unit tests, each by itself
	@for t in $^; do $$t || exit 1; done

fuzz: $(FUZZERS:%=$(B)/tests/fuzz/%)     ## fuzzers (MODE=fuzz) or their replay programs
$(FUZZERS:%=$(B)/tests/fuzz/%): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/$(if $(filter fuzz,$(MODE)),mutate,replay).o $(TEST_OBJS)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) -o $@ $^ $(ALL_TEST_LIBS)
$(EXTRACTORS:%=$(B)/tests/fuzz/fuzz_extract_%.o): $(B)/tests/fuzz/fuzz_extract_%.o: tests/fuzz/fuzz_extract.c $(B)/flags
	$(call say,CC,$(@F))mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -DEXTRACTOR=extract_$* -MMD -MP -c -o $@ $<

check: deps                              ## everything a commit must pass
	@$(MAKE) --no-print-directory WERROR=1 check-run
check-run: all tools unit-build $(B)/tests/eval/make-eval $(MUTANTS:%=$(B)/tests/eval/mutants/%) $(FUZZERS:%=$(B)/tests/fuzz/%)
	@tests/run.sh $(B)
unit-build: $(UNIT:%=$(B)/tests/unit/%)
check-long: all tools                    ## the tests that take minutes: hundreds of kills
	@LEAKAUDIT=$(CURDIR)/$(B)/leakaudit BUILD=$(CURDIR)/$(B) LEAKAUDIT_KILLS=250 bash tests/e2e/test_state.sh
	@LEAKAUDIT=$(CURDIR)/$(B)/leakaudit BUILD=$(CURDIR)/$(B) LEAKAUDIT_SOAK=$${LEAKAUDIT_SOAK:-3} LEAKAUDIT_KILLS=20 bash tests/e2e/soak.sh
	@LEAKAUDIT=$(CURDIR)/$(B)/leakaudit BUILD=$(CURDIR)/$(B) LEAKAUDIT_SYSLOG_LINES=120000 bash tests/e2e/test_syslog.sh
check-system: all tools                  ## the service and the package under a real systemd (root)
	@tests/deps.sh $(DEB_BUILD) $(DEB_TEST) $(DEB_PACK) $(DEB_SYSTEM)
	@tests/e2e/systemd/make-root.sh $${LEAKAUDIT_SYSTEMD_ROOT:-build/systemd-root}
	@$(MAKE) --no-print-directory deb >build/deb.log 2>&1 || { tail -n 30 build/deb.log; exit 1; }
	@for t in systemd package recipes; do \
	   BUILD=$(CURDIR)/$(B) LEAKAUDIT=$(CURDIR)/$(B)/leakaudit bash tests/e2e/test_$$t.sh || exit 1; done
deb:                                     ## the Debian package, in build/deb/
	@tests/deps.sh $(DEB_BUILD) $(DEB_PACK)
	@rm -rf build/deb && mkdir -p build/deb/leakaudit-$(VERSION)
	@tar -c --exclude=./build --exclude=./.git . | tar -x -C build/deb/leakaudit-$(VERSION)
	@cd build/deb/leakaudit-$(VERSION) && dpkg-buildpackage -us -uc -b
	@rm -rf build/deb/leakaudit-$(VERSION) && ls build/deb/*.deb
bench: all tools $(BENCHES:%=$(B)/tests/bench/%) ## speed and memory beside other tools (table, JSON)
	@tests/bench/run.sh $(B)
	@tests/bench/documents.sh $(B)
	@tests/bench/mail.sh $(B)

lint: layers links headers formats             ## who may include and link whom
layers:
	@tests/lint/layers.sh
links: all
	@tests/lint/links.sh $(B)
headers:
	@CC='$(CC)' tests/lint/headers.sh
formats:
	@tests/lint/formats.sh

# --- installing ------------------------------------------------------------------
INSTALL   ?= install
UNITS     := $(wildcard systemd/*.service systemd/*.timer)
INST_MAN  := $(wildcard auditd/*.1 auditd/*.8 config/*.5)
man_dest   = $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(1)))
install: all                             ## programs, rules, man pages (PREFIX, DESTDIR)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR)/rules $(DESTDIR)$(COMPDIR)
	$(INSTALL) -m 0755 $(B)/leakaudit $(DESTDIR)$(BINDIR)/leakaudit
	$(INSTALL) -m 0755 $(B)/leakaudit-worker $(DESTDIR)$(LIBEXECDIR)/leakaudit-worker
	$(INSTALL) -m 0644 config/rules/*.yaml $(DESTDIR)$(DATADIR)/rules/
	$(INSTALL) -m 0644 config/leakaudit.bash $(DESTDIR)$(COMPDIR)/leakaudit
	$(INSTALL) -D -m 0755 $(B)/leakauditd $(DESTDIR)$(SBINDIR)/leakauditd
	$(INSTALL) -D -m 0644 config/leakaudit.yaml $(DESTDIR)$(DATADIR)/leakaudit.yaml
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	$(foreach u,$(UNITS),sed 's|/usr/sbin/|$(SBINDIR)/|;s|/usr/bin/|$(BINDIR)/|' '$(u)' >'$(DESTDIR)$(UNITDIR)/$(notdir $(u))' &&) true
	$(INSTALL) -D -m 0644 systemd/leakaudit.catalog $(DESTDIR)$(CATALOGDIR)/leakaudit.catalog
	$(INSTALL) -D -m 0644 systemd/leakaudit.sysusers $(DESTDIR)$(SYSUSERDIR)/leakaudit.conf
	$(INSTALL) -D -m 0644 systemd/leakaudit.tmpfiles $(DESTDIR)$(TMPFILEDIR)/leakaudit.conf
	$(foreach m,$(INST_MAN),$(INSTALL) -D -m 0644 $(m) $(call man_dest,$(m))/$(notdir $(m)) &&) true
uninstall:                               ## take away what install put there
	rm -f $(DESTDIR)$(SBINDIR)/leakauditd $(DESTDIR)$(DATADIR)/leakaudit.yaml $(DESTDIR)$(SYSUSERDIR)/leakaudit.conf $(DESTDIR)$(TMPFILEDIR)/leakaudit.conf $(DESTDIR)$(CATALOGDIR)/leakaudit.catalog
	rm -f $(foreach u,$(UNITS),'$(DESTDIR)$(UNITDIR)/$(notdir $(u))')
	rm -f $(DESTDIR)$(BINDIR)/leakaudit $(DESTDIR)$(LIBEXECDIR)/leakaudit-worker $(DESTDIR)$(COMPDIR)/leakaudit
	rm -f $(foreach f,$(wildcard config/rules/*.yaml),$(DESTDIR)$(DATADIR)/rules/$(notdir $(f)))
	rm -f $(foreach m,$(INST_MAN),$(call man_dest,$(m))/$(notdir $(m)))
	-rmdir $(DESTDIR)$(DATADIR)/rules $(DESTDIR)$(DATADIR) $(DESTDIR)$(LIBEXECDIR) 2>/dev/null

FORMATTED := git ls-files 'scanners/*.[ch]' 'auditd/*.[ch]' 'tests/*.[ch]' ':!tests/cases'
format:                                  ## clang-format over the tree
	clang-format-14 -i $$($(FORMATTED)) 2>/dev/null || clang-format -i $$($(FORMATTED))
clean:                                   ## remove build/
	rm -rf build

-include $(PROBE)
-include $(shell find $(B) -name '*.d' 2>/dev/null)
.SECONDARY:
