# SPDX-License-Identifier: MIT
# What a host gets, and where. DESTDIR is a packager's; nothing here puts a module into a PAM stack.

INSTALL     ?= install
DATADIR     ?= $(PREFIX)/share
# What the units name.
LIBEXECDIR  ?= $(PREFIX)/lib/sereno
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
UDEVRULESDIR ?= $(PREFIX)/lib/udev/rules.d
UNITDIR     ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR  ?= /etc
APPARMORDIR ?= $(SYSCONFDIR)/apparmor.d
NSSDIR      ?= $(PREFIX)/lib/$(ARCH)
# Where libpam looks for stacks.
PAM_STACKS  ?= /etc/pam.d/* /usr/lib/pam.d/* /etc/pam.conf

# Each word is SOURCE:DESTINATION:MODE; install and uninstall both read it.
installed := \
	$(foreach m,$(MODULES),$(O)/$(m).so:$(PAMDIR)/$(m).so:0644) \
	$(O)/libnss_sereno.so.2:$(NSSDIR)/libnss_sereno.so.2:0644 \
	$(O)/sereno:$(BINDIR)/sereno:0755 \
	$(foreach p,$(notdir $(wildcard docs/man/*.8)),docs/man/$(p):$(MANDIR)/man8/$(p):0644) \
	$(O)/man/sereno-policy.5:$(MANDIR)/man5/sereno-policy.5:0644 \
	docs/examples/policy.yaml:$(DATADIR)/doc/sereno/examples/policy.yaml:0644 \
	system/sereno.pam-config:$(DATADIR)/pam-configs/sereno:0644 \
	system/sereno-guard.pam-config:$(DATADIR)/pam-configs/sereno-guard:0644 \
	system/sereno-passwords.pam-config:$(DATADIR)/pam-configs/sereno-passwords:0644 \
	system/sereno-otp.pam-config:$(DATADIR)/pam-configs/sereno-otp:0644 \
	system/sereno.apparmor:$(APPARMORDIR)/abstractions/nameservice.d/sereno:0644 \
	$(O)/sereno-media-device:$(LIBEXECDIR)/sereno-media-device:0755 \
	$(foreach r,$(notdir $(wildcard system/*.rules)),system/$(r):$(UDEVRULESDIR)/$(r):0644) \
	system/initramfs/sereno-media:$(DATADIR)/initramfs-tools/hooks/sereno-media:0755 \
	$(O)/serenod:$(LIBEXECDIR)/serenod:0755 $(O)/sereno-verify:$(LIBEXECDIR)/sereno-verify:0755 \
	$(foreach u,serenod.socket serenod.service sereno-verify.socket sereno-verify@.service sereno-review.socket sereno-review@.service,system/$(u):$(UNITDIR)/$(u):0644) \
	system/pam.d/sereno-verify:$(PREFIX)/lib/pam.d/sereno-verify:0644 \
	system/sereno-key.service:$(UNITDIR)/sereno-key.service:0644 \
	$(foreach u,service timer path,system/sereno-follow.$(u):$(UNITDIR)/sereno-follow.$(u):0644) \
	$(foreach u,service timer,system/sereno-departures.$(u):$(UNITDIR)/sereno-departures.$(u):0644) \
	$(O)/sereno-media:$(LIBEXECDIR)/sereno-media:0755 \
	$(foreach u,service path,system/sereno-media.$(u):$(UNITDIR)/sereno-media.$(u):0644) \
	system/sereno.tmpfiles:$(TMPFILESDIR)/sereno.conf:0644
# Does nothing until a key is sealed, and must not be forgotten then.
key_wanted := $(UNITDIR)/multi-user.target.wants/sereno-key.service
# Likewise, until a policy is in force.
follow_wanted := $(UNITDIR)/timers.target.wants/sereno-follow.timer $(UNITDIR)/timers.target.wants/sereno-departures.timer $(UNITDIR)/paths.target.wants/sereno-follow.path $(UNITDIR)/paths.target.wants/sereno-media.path
part = $(word $(1),$(subst :, ,$(2)))

install: all ## put everything where Debian expects it, below DESTDIR; no PAM stack is touched
	$(Q)$(INSTALL) -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/sereno
	$(Q)set -e; $(foreach f,$(installed),$(INSTALL) -D -m $(call part,3,$(f)) $(call part,1,$(f)) $(DESTDIR)$(call part,2,$(f));)
	$(Q)$(INSTALL) -d $(DESTDIR)$(dir $(key_wanted)) && ln -sf ../sereno-key.service $(DESTDIR)$(key_wanted)
	$(Q)set -e; $(foreach w,$(follow_wanted),$(INSTALL) -d $(DESTDIR)$(dir $(w)); ln -sf ../$(notdir $(w)) $(DESTDIR)$(w);)

# A stack that names a module which is gone lets nobody in: take the profile out first.
uninstall: ## remove what install put there; the policy in /etc/sereno and its state stay
	$(Q)users=$$(grep -ls '^[^#]*pam_sereno_' $(PAM_STACKS)); [ -n "$(DESTDIR)" ] || [ -z "$$users" ] || { echo "$$users"; \
		echo 'these PAM services still use sereno: run "pam-auth-update --disable sereno sereno-guard sereno-passwords sereno-otp" and take its lines out of them first' >&2; exit 1; }
	$(Q)rm -f $(foreach f,$(installed),$(DESTDIR)$(call part,2,$(f))) $(foreach w,$(key_wanted) $(follow_wanted),$(DESTDIR)$(w))
