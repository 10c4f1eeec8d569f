# SPDX-License-Identifier: MIT
# media - a stick is refused, let in by a colleague for half an hour, and put out again.

media_policy() {
	main_policy
	cat <<-POLICY
		media:
		  storage: deny
		  input: allow
		  requests: {approved-by: [sysadmin]}
	POLICY
}

# The copy has no devices: a stick and a keyboard that umockdev makes of descriptions.
mocked() {
	local mock
	for mock in 00-roothub-usb2 10-keyboard 20-stick-bot-vfat.blocked; do
		set -- "$@" -d "/root/demo/usb/$mock.umockdev"
	done
	umockdev-run "$@" -- sh -c 'cp -a "$UMOCKDEV_DIR" /run/demo/devices' 2>/dev/null
	cp -a /run/demo/devices/sys/. /sys/
}
# As udev runs it when the stick is plugged in.
plug_in() {
	run env -i /usr/lib/sereno/sereno-media-device usb /devices/pci0000:00/0000:00:14.0/usb1/1-3
}

rm -f /run/sereno/serenod.socket
systemd-socket-activate --seqpacket -l /run/sereno/serenod.socket /usr/lib/sereno/serenod --idle=99 >/run/demo/serenod.log 2>&1 &
serenod=$!
until [ -S /run/sereno/serenod.socket ]; do kill -0 "$serenod" && sleep 0.02; done
chmod 0666 /run/sereno/serenod.socket
mocked

scene 'storage is denied; who needs a stick asks a sysadmin. The keyboard stays'
media_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
plug_in
expect_output 'SERENO_MEDIA=deny'
expect_event '^media\.refused .*device="1-3 0781:5567 .*Cruzer Blade'
run sereno media list
expect_output '1-3 .*out .*deny'
expect_output '1-1 .*keyboard'
run sereno media explain 1-3 --user luis
expect_status 1

scene 'it is pending for ana; luis lets nothing in for himself, and root lets nothing in at all'
stick=$(sereno media pending | sed -n 's/^\([0-9a-f]\{16\}\) .*/\1/p')
ssh_from 127.0.0.2 luis "sereno media approve $stick --user luis --for 30m --reason 'slides'"
expect_outcome in 1
expect_event '^request\.refused .*subject="luis".*for himself'
ssh_from 127.0.0.2 marta "sereno media approve $stick --user luis --for 30m --reason 'slides'"
expect_outcome in 1
run sereno media approve "$stick" --user luis --for 30m --reason slides
expect_status 1
expect_output 'who decides comes as himself'

scene 'ana lets it in, to be read, for half an hour: at once, for luis and nobody else'
ssh_from 127.0.0.2 ana 'sereno media pending' "sereno media approve $stick --user luis --for 30m --read-only --reason 'slides'"
expect_outcome in 0 0
expect_event '^media\.approved .*subject="ana".*target="luis"'
expect_event '^media\.granted .*subject="ana".*target="luis".*verdict=read-only'
run sereno media explain 1-3 --user luis
expect_status 0
expect_output 'read-only: grant 1'
run sereno media explain 1-3 --user ana
expect_status 1
run sereno media grants
expect_output 'luis .*read-only until .*by ana'

scene 'ana takes it back: it is out again'
ssh_from 127.0.0.2 ana "sereno media revoke 1 --reason 'the talk is over'"
expect_outcome in 0
expect_event '^media\.revoked .*subject="ana".*target="luis"'
run sereno media explain 1-3 --user luis
expect_status 1

kill "$serenod" 2>/dev/null || true
rm -rf /run/sereno/serenod.socket /run/sereno/refused /sys/*
main_policy >/etc/sereno/policy.yaml
run sereno apply
expect_status 0
