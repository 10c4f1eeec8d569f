# SPDX-License-Identifier: MIT
# lines - getty and login on the serial line and on the screen; passwords are typed.

scene 'root on the serial line: gets in, loudly'
on_line serial root
expect_outcome in
expect_access allow root login '.SERENO_EVENT == "root.login" and .SERENO_ORIGIN == "serial" and .PRIORITY == "4"'

scene 'ana on the serial line: gets in'
on_line serial ana
expect_outcome in
expect_access allow ana login '.SERENO_ORIGIN == "serial"'

scene 'marta, who may only at the screen, on the serial line: refused'
on_line serial marta
expect_outcome refused
expect_access deny marta login '.SERENO_ORIGIN == "serial"'

scene 'marta at the screen: gets in'
on_line screen marta
expect_outcome in
expect_access allow marta login '.SERENO_ORIGIN == "seat"'

scene 'root at the screen: gets in'
on_line screen root
expect_outcome in
expect_access allow root login '.SERENO_EVENT == "root.login" and .SERENO_ORIGIN == "seat"'

scene 'rescue at the screen: gets in, an alert'
on_line screen rescue
expect_outcome in
expect_access allow rescue login '.SERENO_EVENT == "break-glass.used" and .PRIORITY == "2"'

scene 'eva, who holds no role, at the screen: refused'
on_line screen eva
expect_outcome refused
expect_access deny eva login
