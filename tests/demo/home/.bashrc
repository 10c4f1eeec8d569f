# The driver reads who types and how the last command ended.
PS1='\u $?> '
