/* SPDX-License-Identifier: MIT */
/* telling.c - a few words on the terminals of a session. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <sereno/scoped.h>

#include "processes.h"

#define LINES_MAX     64 /* terminals of one session */
#define PATH_SIZE     32
#define MAJOR_LINES   4 /* tty1 ..., and ttyS0 ... from 64 on */
#define MAJOR_PTS     136
#define MAJOR_PTS_END 144
#define FIRST_SERIAL  64

/* Where the line is found. Returns 0, or -ENOENT for other kinds. */
static int line_path(dev_t line, char path[static PATH_SIZE])
{
	const unsigned major_number = major(line), minor_number = minor(line);

	if (major_number >= MAJOR_PTS && major_number < MAJOR_PTS_END)
		(void)snprintf(path, PATH_SIZE, "/dev/pts/%u",
			       (major_number - MAJOR_PTS) * 256 + minor_number);
	else if (major_number == MAJOR_LINES && minor_number < FIRST_SERIAL)
		(void)snprintf(path, PATH_SIZE, "/dev/tty%u", minor_number);
	else if (major_number == MAJOR_LINES)
		(void)snprintf(path, PATH_SIZE, "/dev/ttyS%u", minor_number - FIRST_SERIAL);
	else
		return -ENOENT;
	return 0;
}

/* A line that is full, or held, is not waited for; another's, or no line at all, is not written
 * to: what stands there may have changed. */
static bool write_line(dev_t line, uid_t uid, const char *text)
{
	scoped_fd int fd = -1;
	char path[PATH_SIZE];
	struct stat st;

	if (line_path(line, path) < 0)
		return false;
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != line ||
	    st.st_uid != uid)
		return false;
	return write(fd, text, strlen(text)) > 0;
}

static bool is_among(dev_t line, const dev_t *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lines[i] == line)
			return true;
	return false;
}

size_t session_tell(const struct processes *processes, const struct login *login, uid_t uid,
		    const char *text)
{
	const bool own = session_is_own(login, uid);
	dev_t lines[LINES_MAX];
	size_t n = 0, told = 0;

	for (size_t i = 0; i < processes->n && n < LINES_MAX; i++) {
		const struct process *process = &processes->item[i];
		const bool his =
			own ? process->session == login->session
			    : process->pid == login->leader || process->parent == login->leader;

		if (!his || process->line == 0 || is_among(process->line, lines, n))
			continue;
		lines[n++] = process->line;
		told += write_line(process->line, uid, text);
	}
	return told;
}
