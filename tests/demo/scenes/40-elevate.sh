# SPDX-License-Identifier: MIT
# elevate - sudo and su ask for who types them, from where the login came that he is in.

scene 'ana, ssh from 127.0.0.3 (bastion), sudo: gets in and becomes root'
ssh_from 127.0.0.3 ana 'sudo id -un'
expect_outcome in 0
expect_event '^access\.allowed .*subject="ana".*service="sudo".*origin="127\.0\.0\.3"'
why allowed ana sudo 127.0.0.3

scene 'ana, ssh from 127.0.0.2 (office), sudo: gets in, but sudo is refused from there'
ssh_from 127.0.0.2 ana 'sudo id -un'
expect_outcome in 1
expect_event '^access\.denied .*subject="ana".*service="sudo".*origin="127\.0\.0\.2"'
why refused ana sudo 127.0.0.2

scene 'ana at the console, su to luis: allowed'
at_line tty1 ana "su luis -c 'id -un'"
expect_outcome in 0
expect_event '^access\.allowed .*subject="ana".*target="luis".*service="su".*origin="seat"'
why allowed ana su seat

scene 'pepe at the console, su to ana with the right password: refused, his rule has ended'
at_line tty1 pepe "su ana -c 'id -un'"
expect_outcome in 1
expect_event '^access\.denied .*subject="pepe".*service="su".*reason="?dates'
why refused pepe su seat

scene 'ana has a second terminal inside her login (script): its name proves nothing, her login counts'
ssh_from 127.0.0.3 ana "script -qec 'sudo id -un' /dev/null"
expect_outcome in 0
expect_event '^access\.allowed .*subject="ana".*service="sudo".*origin="127\.0\.0\.3"'

scene 'root asks su for somebody: never refused'
run su - ext-jose -c 'id -un'
expect_status 0
expect_output '^ext-jose$'
