# SPDX-License-Identifier: MIT
# journal - events have fields of their own, and say who sent them.

scene 'an event in the journal: its fields, its message id, and root as its sender'
ssh_from 127.0.0.4 luis true
expect_status 255
expect_access deny luis sshd '.SERENO_EVENT == "access.denied" and .SERENO_ORIGIN == "127.0.0.4" and .SERENO_REASON == "no-rule"
	and .MESSAGE_ID == "8681efa5c10a4045b50ef4c1de647193" and .PRIORITY == "5" and .SYSLOG_FACILITY == "10"
	and ._TRANSPORT == "journal" and ._UID == "0" and ._COMM == "sshd"'

scene 'what a user writes in the name of sereno is told apart by its sender'
ssh_from 127.0.0.2 marta 'logger -t sereno access.allowed subject=eva'
expect_event '.SYSLOG_IDENTIFIER == "sereno" and (.MESSAGE | contains("eva")) and ._UID != "0" and .SERENO_EVENT == null'
