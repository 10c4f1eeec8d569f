# SPDX-License-Identifier: MIT
# lines - the seat, a serial line, and a terminal whose place nobody can tell.

scene 'ana at the console (tty1): gets in'
at_line tty1 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana".*service="login".*origin="seat"'
why allowed ana login seat

scene 'ana on the serial line (ttyS0): gets in'
at_line ttyS0 ana
expect_outcome in
expect_event '^access\.allowed .*subject="ana".*origin="serial"'
why allowed ana login serial

scene 'ana by login on a pseudo terminal: refused, where she sits cannot be told'
on_pseudo_terminal ana
expect_outcome refused
expect_event '^access\.denied .*subject="ana".*origin="unknown"'
why refused ana login unknown

scene 'pepe at the console, in his hours: gets in'
at_line tty1 pepe
expect_outcome in
expect_event '^access\.allowed .*subject="pepe".*rule="employee\.1"'
why allowed pepe login seat

scene 'pepe on the serial line: refused, his rule is for the seat'
at_line ttyS0 pepe
expect_outcome refused
expect_event '^access\.denied .*subject="pepe".*origin="serial"'
why refused pepe login serial

scene 'rescue (break-glass) at the console: gets in, loudly'
at_line tty1 rescue
expect_outcome in
expect_event '^break-glass\.used .*subject="rescue"'
why allowed rescue login seat

scene 'rescue by ssh, even from the office: refused, loudly'
ssh_from 127.0.0.2 rescue
expect_outcome refused
expect_event '^break-glass\.refused .*subject="rescue"'
why refused rescue sshd 127.0.0.2

scene 'root at the console: gets in, loudly'
at_line tty1 root
expect_outcome in
expect_event '^root\.login .*subject="root".*origin="seat"'
why allowed root login seat

scene 'root by ssh from the office: refused'
ssh_from 127.0.0.2 root
expect_outcome refused
expect_event '^access\.denied .*subject="root".*reason="?root-origin'
why refused root sshd 127.0.0.2
