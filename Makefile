# SPDX-License-Identifier: MIT
# One makefile, no recursion: every rule sees the whole house.
# Try: make help. What the caller puts into CPPFLAGS, CFLAGS or LDFLAGS overrides our own flags.

O        ?= build
SANITIZE ?=
WERROR   ?= 1
V        ?=
Q        := $(if $(V),,@)
say       = @$(if $(V),true,printf '  %-7s %s\n')

PREFIX   ?= /usr
ARCH     := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR   ?= $(PREFIX)/lib/$(if $(ARCH),$(ARCH)/)security
BINDIR   ?= $(PREFIX)/bin
MANDIR   ?= $(PREFIX)/share/man

cc-option = $(shell echo 'int x;' | $(CC) -Werror $(1) -x c -c -o /dev/null - 2>/dev/null && echo $(1))

WARN := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wcast-qual -Wvla -Wformat=2 -Wundef -Wswitch-enum \
	$(call cc-option,-Wjump-misses-init) $(call cc-option,-Wlogical-op) $(if $(filter 1,$(WERROR)),-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection -fvisibility=hidden \
	$(call cc-option,-fcf-protection) $(call cc-option,-ftrivial-auto-var-init=zero)
# Sanitizers and fortified libc calls get in each other's way; a packager's own level wins.
ifeq (,$(SANITIZE)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS)))
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif
# gcc 12 takes what the thread sanitizer adds before a member for an access to that member alone.
sanitize    := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer \
	$(if $(findstring thread,$(SANITIZE)),-Wno-stringop-overflow))
all_cflags   = -std=gnu17 -O2 -g -fPIC -Iinclude -D_GNU_SOURCE $(WARN) $(HARDEN) $(sanitize) -MMD -MP $(CPPFLAGS) $(CFLAGS)
# -z defs: an unresolved symbol fails here and not at somebody's login. A sanitizer's runtime stays undefined on purpose.
all_ldflags  = -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections $(if $(SANITIZE),,-Wl,-z,defs) $(sanitize) $(LDFLAGS)

ROOMS   := nss otp policy device state password event channel register sessions departure pam admin daemon media
MODULES := $(patsubst pam/%.c,%,$(sort $(wildcard pam/pam_sereno_*.c)))
SOURCES := $(sort $(wildcard $(ROOMS:%=%/*.c) $(ROOMS:%=%/*/*.c)))
objects  = $(patsubst %.c,$(O)/%.o,$(filter $(1)/%,$(SOURCES)))
module_o = $(patsubst %,$(O)/pam/%.o,$(MODULES))
main_o  := $(patsubst %,$(O)/%.o,admin/main daemon/serenod daemon/sereno_verify media/sereno_media_device media/sereno_media)
archives = $(O)/pam.a $(O)/nss.a $(O)/admin.a $(O)/daemon.a $(O)/media.a $(O)/departure.a $(O)/register.a $(O)/sessions.a $(O)/channel.a $(O)/event.a $(O)/password.a $(O)/state.a $(O)/otp.a $(O)/device.a $(O)/policy.a
TESTS   := $(patsubst %.c,$(O)/%,$(sort $(wildcard $(patsubst %,tests/%/*.c,$(ROOMS)))))
SCRIPTS := $(sort $(wildcard $(patsubst %,tests/%/*.sh,$(ROOMS) house cli)))
FUZZERS := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
BENCHES := $(patsubst tests/bench/%.c,$(O)/tests/bench/%,$(sort $(wildcard tests/bench/*.c)))

BUILD_DEPS := gcc libc6-dev libpam0g-dev libyaml-dev libcdb-dev libssl-dev libcmocka-dev gettext libpwquality-dev libcrack2-dev libcrypt-dev cracklib-runtime liboath-dev libqrencode-dev libsystemd-dev libsqlite3-dev zlib1g-dev libmd-dev libblkid-dev
CHECK_DEPS := jq sqlite3 tinycdb binutils util-linux zbar-tools systemd oathtool groff-base udev umockdev cryptsetup-bin dosfstools fdisk dbus-daemon
DEMO_DEPS  := openssh-server openssh-client sudo expect login util-linux passwd iproute2 at libpam-systemd vlock zbar-tools umockdev
VM_DEPS    := qemu-system-x86 qemu-utils mmdebstrap busybox-static e2fsprogs xz-utils jq
BENCH_DEPS := jq time sqlite3 libpam-google-authenticator libpam-oath umockdev g++ pkg-config libusbguard-dev
FUZZ_DEPS  := clang libclang-rt-dev
ANALYZE_DEPS := clang-tidy cppcheck
VALGRIND_DEPS := valgrind
deps        = $(Q)tests/need-packages $(1)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY: $(module_o)
.PHONY: all help deps demo try check-vm check endure races valgrind bench fuzz analyze install uninstall clean docs format

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

all: $(MODULES:%=$(O)/%.so) $(O)/libnss_sereno.so.2 $(O)/sereno $(O)/serenod $(O)/sereno-verify $(O)/sereno-media $(O)/sereno-media-device docs ## build the modules, the command, the daemon and the man pages

deps: ## install the Debian packages that building and testing need
	$(call deps,$(BUILD_DEPS) $(CHECK_DEPS) $(DEMO_DEPS) $(BENCH_DEPS))

# Objects wait for the headers they need; the stamp asks dpkg once a build folder.
$(O)/.deps: | $(O)
	$(call deps,$(BUILD_DEPS))
	$(Q)touch $@
$(O):
	$(Q)mkdir -p $@

$(O)/%.o: %.c | $(O)/.deps
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(all_cflags) -ffunction-sections -fdata-sections -I$(firstword $(subst /, ,$(patsubst tests/%,%,$<))) -c -o $@ $<

define room
$(O)/$(1).a: $(filter-out $(module_o) $(main_o),$(call objects,$(1)))
	$$(Q)rm -f $$@ && ar rcsD $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

# What a module needs beside libpam; the linker drops what it does not.
LIBS_pam_sereno_password := -lcrypto -lpwquality -lcrack -lcrypt
LIBS_pam_sereno_otp := -lcrypto -loath
# Loaded anew at every login: each segment more is page faults there (noseparate-code: a tenth of what the guard adds).
$(O)/pam_%.so: $(O)/pam/pam_%.o $(O)/pam.a $(O)/channel.a $(O)/event.a $(O)/password.a $(O)/state.a $(O)/otp.a $(O)/policy.a pam/pam_%.map
	$(say) MODULE $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -shared -Wl,-z,noseparate-code -Wl,--version-script=$(filter %.map,$^) -Wl,--exclude-libs,ALL \
		-o $@ $(filter %.o %.a,$^) -l:libcdb_pic.a -lpam $(LIBS_pam_$*)
	$(if $(SANITIZE),,$(Q)tests/check-exports $@ $(filter %.map,$^))

# The name service's module: in every process that looks a group up, so libc alone, and never unloaded under it.
$(O)/libnss_sereno.so.2: $(call objects,nss) $(O)/policy.a nss/libnss_sereno.map
	$(say) MODULE $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -shared -Wl,-soname,$(@F),-z,nodelete,-z,noseparate-code \
		-Wl,--version-script=$(filter %.map,$^) -Wl,--exclude-libs,ALL -o $@ $(filter %.o %.a,$^)
	$(if $(SANITIZE),,$(Q)tests/check-exports $@ $(filter %.map,$^))

command_libs := -lsqlite3 -lz -lyaml -lcrypto -lpwquality -lcrack -lcrypt -loath -lmd -l:libcdb_pic.a
$(O)/sereno: $(O)/admin/main.o $(O)/admin.a $(O)/departure.a $(O)/register.a $(O)/sessions.a $(O)/channel.a $(O)/event.a $(O)/password.a $(O)/state.a $(O)/otp.a $(O)/device.a $(O)/policy.a
	$(say) LINK $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ $(command_libs)

# Run by udev for each device that comes: nothing that makes exec(2) slow.
$(O)/sereno-media-device: $(O)/media/sereno_media_device.o $(O)/media.a $(O)/event.a $(O)/state.a $(O)/device.a $(O)/policy.a
	$(say) LINK $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -Wl,-z,noseparate-code -o $@ $^ -lblkid -lmd -l:libcdb_pic.a

$(O)/sereno-media: $(O)/media/sereno_media.o $(O)/media.a $(O)/event.a $(O)/state.a $(O)/device.a $(O)/policy.a
	$(say) LINK $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ -lsystemd -lblkid -lmd -l:libcdb_pic.a

$(O)/serenod: $(O)/daemon/serenod.o $(O)/daemon.a $(O)/register.a $(O)/channel.a $(O)/event.a $(O)/state.a $(O)/otp.a $(O)/policy.a
	$(say) LINK $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ -lsystemd -lsqlite3 -lcrypto -loath -l:libcdb_pic.a
$(O)/sereno-verify: $(O)/daemon/sereno_verify.o
	$(say) LINK $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ -lpam

# Calls that a test stands in for, by the test's name.
WRAPS_slot_faults := open openat fstat fstatat flock pread __pread_chk pwrite fdatasync fsync ftruncate fchmod mkdirat renameat2 unlinkat getrandom malloc calloc free clock_gettime nanosleep
WRAPS_host_key := pwrite fsync ftruncate fchmod renameat2 unlinkat flock clock_gettime nanosleep
WRAPS_attempts_faults := $(WRAPS_slot_faults)
WRAPS_codes_faults := $(WRAPS_slot_faults)
# Where the modules' calls go to the test that has loaded them, see tests/pam/calls.h.
exporting := $(patsubst %,$(O)/tests/pam/%,otp_faults otp_clock otp_store otp_flat otp_crowd otp_kills)
$(exporting): exports := -rdynamic -Wl,--no-as-needed
$(TESTS): $(O)/tests/%: $(O)/tests/%.o $(archives)
	$(say) TEST $@
	$(Q)$(CC) $(all_cflags) $(all_ldflags) $(exports) $(WRAPS_$(notdir $@):%=-Wl,--wrap=%) -o $@ $^ -lcmocka -lpam -ldl -lblkid -lsystemd $(command_libs)

check: all $(TESTS) ## run every quick test (no root, no network)
	$(call deps,$(CHECK_DEPS))
	$(Q)O=$(abspath $(O)) SANITIZE=$(SANITIZE) tests/run $(TESTS) $(SCRIPTS)

# 200 rounds of races, 500 kills, every call that fails, 100,000 authentications in one process; the longest one first.
# 800,000 questions to the name service while its answers are replaced 1,000 times.
ENDURED := $(patsubst %,$(O)/tests/%,pam/otp_flat nss/crowd state/codes_race pam/otp_crowd pam/otp_kills pam/otp_faults)
endure: all $(ENDURED) ## the tests of codes, and of the name service, that have a longer run in them
	$(Q)ENDURE=1 SERENO_CROWD=100000 TMPDIR=/dev/shm O=$(abspath $(O)) tests/run $(ENDURED)

races: ## the name service asked by eight threads, under the thread sanitizer
	$(Q)$(MAKE) O=$(O)-thread SANITIZE=thread all $(O)-thread/tests/nss/crowd
	$(Q)SERENO_CROWD=$(or $(SERENO_CROWD),10000) O=$(abspath $(O)-thread) SANITIZE=thread tests/run $(O)-thread/tests/nss/crowd

# Without tests that measure time, search memory, crowd it, or have an allocator of their own.
MINDED := $(filter-out $(exporting) %_parallel %_race %_oracle %_secrets,$(filter $(addprefix $(O)/tests/,otp/% state/codes% pam/otp%),$(TESTS)))
valgrind: all $(MINDED) ## the tests of codes under valgrind
	$(call deps,$(VALGRIND_DEPS))
	$(Q)UNDER='valgrind -q --leak-check=full --error-exitcode=99 --child-silent-after-fork=yes' O=$(abspath $(O)) tests/run $(MINDED)

demo: all ## real su, login, sudo and sshd under a policy, in a throw-away copy of this system
	$(call deps,$(DEMO_DEPS))
	$(Q)O=$(abspath $(O)) tests/demo/run

try: all ## a shell in the same throw-away copy
	$(call deps,$(DEMO_DEPS))
	$(Q)O=$(abspath $(O)) tests/demo/run --try

check-vm: all ## real logind, cron and reboot in a guest under QEMU; SCENES="20* 50*" for some
	$(call deps,$(VM_DEPS))
	$(Q)O=$(abspath $(O)) tests/vm/run

$(BENCHES): $(O)/tests/bench/%: $(O)/tests/bench/%.o $(archives)
	$(Q)$(CC) $(all_cflags) $(all_ldflags) -o $@ $^ -lpam $(command_libs)
bench: all $(BENCHES) ## measure against the peers and the limits; BENCH=access, compile, guard, codes, password, blocklist, groups, grants, register, media, media-helper for one group
	$(call deps,$(BENCH_DEPS))
	$(Q)O=$(abspath $(O)) tests/bench/run $(BENCH)

FUZZ_SECONDS ?= 60
fuzz_cc := clang -std=gnu17 -O1 -g -Iinclude $(ROOMS:%=-I%) -Itests/device -D_GNU_SOURCE -MMD -MP -fno-sanitize-recover=all
fuzzed  := $(patsubst %.c,$(O)/fuzzed/%.o,$(filter-out pam/% admin/% daemon/% media/% register/% departure/%,$(SOURCES)))
.SECONDARY: $(fuzzed)
$(O)/fuzzed/.deps: | $(O)
	$(call deps,$(BUILD_DEPS) $(FUZZ_DEPS))
	$(Q)mkdir -p $(@D) && touch $@
$(O)/fuzzed/%.o: %.c | $(O)/fuzzed/.deps
	$(Q)mkdir -p $(@D)
	$(Q)$(fuzz_cc) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<
$(O)/fuzz/%: tests/fuzz/%.c $(fuzzed)
	$(say) FUZZER $@
	$(Q)mkdir -p $(@D)
	$(Q)$(fuzz_cc) -MF $@.d -fsanitize=fuzzer,address,undefined -o $@ $< $(fuzzed) $(command_libs)
fuzz: $(FUZZERS) ## fuzz everything that reads hostile bytes, FUZZ_SECONDS=60 in all
	$(Q)O=$(abspath $(O)) tests/fuzz/run $(FUZZ_SECONDS) $(FUZZERS)

analyze: $(O)/.deps ## gcc -fanalyzer, clang-tidy, cppcheck
	$(call deps,$(ANALYZE_DEPS))
	$(Q)tests/analyze $(SOURCES)

docs: $(O)/man/sereno-policy.5
$(O)/man/sereno-policy.5: $(O)/sereno docs/man/sereno-policy.5.in
	$(Q)mkdir -p $(@D)
	$(Q)$(O)/sereno schema --man > $@.keys
	$(Q)sed -e '/^@KEYS@$$/{r $@.keys' -e 'd}' docs/man/sereno-policy.5.in > $@

include tests/install.mk

format: ## lay out the sources as .clang-format says
	clang-format -i $(SOURCES) $(wildcard $(ROOMS:%=%/*.h) $(ROOMS:%=%/*/*.h) include/sereno/*.h tests/*/*.[ch])

clean: ## remove what was built
	rm -rf $(O)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
