# SPDX-License-Identifier: MIT
# jobs - cron and at want a role, and no rule; they do not touch whom sereno does not govern.

crontab_of() {
	guest "echo '* * * * * touch /tmp/cron-$1' | crontab -u $1 -"
}

scene 'cron, outside his hours: a job of pepe runs, those of root and of backup-jobs run, one of eva does not'
for user in pepe root backup-jobs eva; do
	crontab_of "$user"
done
# cron wakes with the minute: do not make everybody wait for it
guest 'date -u -s @$((($(date +%s) / 60 + 1) * 60 - 3)) && systemctl restart cron' >/dev/null
echo '   # crontab -u pepe, root, backup-jobs, eva: every minute'
expect_within 150 ls /tmp/cron-pepe
expect_within 60 ls /tmp/cron-root
expect_within 60 ls /tmp/cron-backup-jobs
expect_access allow pepe cron '.SERENO_ORIGIN == "jobs"'
expect_access deny eva cron '.SERENO_REASON == "no-role"'
run ls /tmp/cron-eva
expect_status 2
guest 'crontab -r; crontab -u pepe -r; crontab -u eva -r; crontab -u backup-jobs -r'

at_of() {
	run "echo touch /tmp/at-$1 | setpriv --reuid $1 --regid $1 --init-groups env USER=$1 LOGNAME=$1 HOME=/home/$1 at -M now"
	expect_status 0
}

scene 'at, outside his hours: a job of pepe runs'
at_of pepe
expect_within 90 ls /tmp/at-pepe
expect_access allow pepe atd

scene '... one of eva does not'
at_of eva
expect_access deny eva atd
run ls /tmp/at-eva
expect_status 2
