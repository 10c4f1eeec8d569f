#!/bin/sh
# SPDX-License-Identifier: MIT
# Second factors: whose, by which words, and those that come from other programs.
. "$(dirname "$0")/tree.inc"
data=$here/../data/otp
export TZ=UTC

usage() { # WHAT-IT-SAYS WORD...
	wanted=$1
	shift
	expect 2 "$@"
	says "$wanted"
}

make_tree
# Without a policy in force, too: administrators come first.
usage "a word is missing" otp
usage "sereno otp knows enrol" otp enroll
usage "not x\\x1b" otp "x$(printf '\033')"
usage "whose? sereno otp enrol USER" otp enrol --root "$tree"
usage "whose? sereno otp ticket USER" otp ticket --root "$tree"
usage "no such account: nobody-at-all" otp status nobody-at-all --root "$tree"
usage "no such account: nobody-at-all" otp enrol nobody-at-all --root "$tree"
usage "status takes --json and --root only" otp status --label x --root "$tree"
usage "verify takes --root only" otp verify ana --show-secret --root "$tree"
usage "ticket takes --valid" otp ticket ana --label x --root "$tree"
usage "import takes --from" otp import --valid 1d
usage "one word too many" otp status ana pepe
usage "--label wants a short name" otp enrol ana --show-secret --label "a$(printf '\t')b" --root "$tree"
usage "--label wants a short name" otp enrol ana --show-secret --label "$(printf '%65s' '' | tr ' ' a)" --root "$tree"
for valid in 3 d 3x -3d 0d 400d 2y 2w 1h30m 99999999999d 59s; do
	usage "--valid wants" otp ticket ana --show-secret --valid=$valid --root "$tree"
done
usage "--from google-authenticator, oath or uri is wanted" otp import --root "$tree"
usage "--from google-authenticator, oath or uri is wanted" otp import --from x --root "$tree"
usage "whose? --user USER is wanted" otp import --from uri --root "$tree"
usage "no such account" otp import --from uri --user nobody-at-all --root "$tree"
[ ! -e "$tree/var/lib/sereno/codes" ] || fail "something was written by mistakes"

golden otp-nobody 0 otp status --root "$tree"
golden otp-none 1 otp status ana --root "$tree"
expect 0 otp status --json --root "$tree"
json '. == []'
expect 1 otp status ana --json --root "$tree"
json '.[0].user == "ana" and .[0].tokens == [] and .[0].needed == null and .[0].ticket_only == false'
expect 1 otp remove ana --root "$tree"
expect 1 otp reset ana --root "$tree"
said=$(printf '123456\n' | sereno otp verify ana --root "$tree" 2>&1) && fail "a code of nobody is right"
says "he has no such token"
said=$(printf 'what?\n' | sereno otp verify ana --root "$tree" 2>&1) && fail "words are right"
says "neither a code"
said=$(sereno otp verify ana --root "$tree" 2>&1 </dev/null) && fail "nothing is right"
says "nothing was typed"

# The picture is the address.
said=$(printf '123456\n\n\n' | sereno otp enrol ana --show-secret --ascii --root "$tree" 2>/dev/null) && fail "enrolled by a wrong code"
printf '%s\n' "$said" | awk '
	/^[# ]+$/ { line = ""; for (i = 1; i < length($0); i += 2) { dot = substr($0, i, 1) == "#" ? "0 0 0 0 " : "1 1 1 1 "; line = line dot }
		width = length($0) * 2; for (i = 0; i < 4; i++) picture = picture line "\n"; height += 4 }
	END { printf "P1\n%d %d\n%s", width, height, picture }' >"$tree/picture.pbm"
read=$(zbarimg --nodbus --raw -q -Sdisable -Sqrcode.enable "$tree/picture.pbm") || fail "no picture: $said"
says "$read"
case $read in otpauth://totp/*:ana\?secret=*) ;; *) fail "read: $read" ;; esac

said=$(LC_ALL=C sereno otp enrol ana --show-secret --root "$tree" 2>/dev/null </dev/null) && fail "enrolled by nothing"
says "####"

# A policy's numbers.
cat >>"$policy" <<'END'
second-factor: {totp: {digits: 8, period: 60s, algorithm: sha256, issuer: Kestrel Ltd}, recovery-codes: 0}
END
expect 0 apply --root "$tree"
said=$(sereno otp enrol ana --show-secret --root "$tree" 2>/dev/null </dev/null) || :
says "otpauth://totp/Kestrel%20Ltd:ana?secret="
says "&algorithm=SHA256&digits=8&period=60"
expect 1 otp recovery ana --show-secret --root "$tree"
says "has no recovery codes"
sed -i '/^second-factor/d' "$policy"
expect 0 apply --root "$tree"

# Imports. What others can read, they may have read.
cp "$data/google-authenticator" "$tree/ga"
chmod 644 "$tree/ga"
expect 0 otp import --from google-authenticator --user ana --dry-run "$tree/ga" --root "$tree"
says "others could read or write"
chmod 600 "$tree/ga"
golden otp-import-google 0 otp import --from google-authenticator --user ana --dry-run "$tree/ga" --root "$tree"
expect 1 otp status ana --root "$tree"
expect 0 otp import --from google-authenticator --user ana "$tree/ga" --root "$tree"
expect 1 otp import --from google-authenticator --user ana "$tree/ga" --root "$tree"
says "ana has a token of that name already: nothing imported"
expect 1 otp import --from google-authenticator --user ana "$tree/ga" --label old --root "$tree"
says "ana has this secret already"
expect 0 otp status ana --root "$tree" --json
json '.[0].tokens == [.[0].tokens[] | select(.label == "phone" and .digits == 6 and .period == 30 and .algorithm == "sha1" and .used == null)]'
json '.[0].tokens | length == 1'
expect 1 otp import --from google-authenticator --user pepe "$data/google-authenticator-hotp" --root "$tree"
says "google-authenticator-hotp:1: it counts events"
expect 1 otp status pepe --root "$tree"
said=$(sereno otp import --from google-authenticator --user pepe --root "$tree" <"$data/google-authenticator-60s" 2>&1) || fail "from standard input: $said"
expect 0 otp status pepe --root "$tree" --json
json '.[0].tokens[0].period == 60'

cp "$data/users.oath" "$tree/oath"
chmod 600 "$tree/oath"
sed -i '/^luis/d; /^zoe/d' "$tree/etc/passwd"
golden otp-import-oath 1 otp import --from oath "$tree/oath" --dry-run --root "$tree"
make_tree
golden otp-import-twice 1 otp import --from oath "$tree/oath" --root "$tree"
expect 0 otp status --root "$tree" --json
json '[.[] | {(.user): [.tokens[] | [.label, .digits, .period]]}] | add == {"ana": [["phone", 6, 30]], "eva": [["phone", 8, 30]], "luis": [["phone", 6, 60], ["phone-2", 6, 30]]}'
said=$(sereno otp status --root "$tree" | awk '{print $1, $2}')
[ "$said" = "USER TOKEN
ana phone
luis phone
luis phone-2
eva phone" ] || fail "status: $said"
expect 1 otp import --from oath "$tree/oath" --user eva --root "$tree"
says "eva has a token of that name"
silent_on "ana"

# Half of a user's tokens is none of them.
printf 'HOTP/T30 zoe - 3132333435363738393a\nHOTP/T30 zoe - xyz\n' >"$tree/oath"
expect 1 otp import --from oath "$tree/oath" --root "$tree"
says "oath:2: the key"
says "nothing of zoe is imported"
expect 1 otp status zoe --root "$tree"
printf 'HOTP/T30 zoe - 3132333435363738393%d\n' 1 2 3 4 5 >"$tree/oath"
expect 1 otp import --from oath "$tree/oath" --root "$tree"
says "oath:1: zoe would have more than 4 tokens"
expect 1 otp status zoe --root "$tree"

# Files that are none, and files without an end.
for file in /nonexistent "$tree" "$tree/link" "$tree/fifo" "$tree/nul" "$tree/huge" "$tree/empty"; do
	case $file in
	*/link) ln -s ga "$file" ;;
	*/fifo) mkfifo "$file" ;;
	*/nul) printf 'HOTP/T30 zoe -\0 00112233445566778899\n' >"$file" ;;
	*/huge) head -c 1048577 /dev/zero | tr '\0' x >"$file" ;;
	*/empty) : >"$file" ;;
	esac
	want=3
	[ "$file" = "$tree/empty" ] && want=1
	expect $want otp import --from oath "$file" --root "$tree"
done
says "there is no token in it"
usage "one word too many" otp import --from oath a b

# Somebody else's uid, or nobody's; and names that steer terminals.
cp "$tree/var/lib/sereno/codes/1002" "$tree/var/lib/sereno/codes/4711"
cp "$tree/var/lib/sereno/codes/1002" "$tree/var/lib/sereno/codes/1003"
expect 1 otp status --root "$tree"
says "no account has this uid"
says "damaged, or not this host's: sereno otp reset pepe"
expect 3 otp status pepe --root "$tree"
expect 0 otp reset pepe --dry-run --root "$tree"
expect 0 otp reset pepe --root "$tree"
says "pepe begins anew"
printf 'HOTP/T30 z\033[31m - 00112233445566778899\n' >"$tree/oath"
expect 1 otp import --from oath "$tree/oath" --root "$tree"
silent_on "$(printf '\033')"
says 'oath:1: no such account: z\x1b[31m'
if [ "$(id -u)" = 0 ]; then
	got=0
	said=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$O/sereno" otp ticket root 2>&1) || got=$?
	[ "$got" = 3 ] || fail "somebody else makes tickets: $got: $said"
	says "run this as root"
fi
finish
