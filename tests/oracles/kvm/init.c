/*
 * An init that does what /commands says, a line after the other, and powers off.
 *
 * mount TYPE FOLDER, write TEXT FILE, show FILE, run PROGRAM ARGUMENT…: words are parted by one
 * blank. What a program writes goes to the console; how it ended follows, as "@0 ended status=…".
 */
#include "bare.h"

enum { WORDS = 16, WAIT_FOR_ANY = -1, SIGCHLD = 17 };

static char commands[4096], copied[4096], *words[WORDS + 1];

/* Cut the next line into words; return where the one after it begins. */
static char *next_line(char *from)
{
	int count = 0;

	words[count++] = from;
	for (; *from && *from != '\n'; from++)
		if (*from == ' ' && count < WORDS) {
			*from = 0;
			words[count++] = from + 1;
		}
	words[count] = NULL;
	if (*from)
		*from++ = 0;
	return from;
}

static int same(const char *one, const char *other)
{
	while (*one && *one == *other)
		one++, other++;
	return *one == *other;
}

static int opened(const char *path, int flags)
{
	return must(path, sys(__NR_openat, AT_FDCWD, (long)path, flags, 0, 0, 0));
}

static void copy(int from, int to)
{
	long got;

	while ((got = must("read", sys(__NR_read, from, (long)copied, sizeof(copied), 0, 0, 0))) > 0)
		must("write", sys(__NR_write, to, (long)copied, got, 0, 0, 0));
	sys(__NR_close, from, 0, 0, 0, 0, 0);
}

static void write_file(const char *text, const char *path)
{
	int file = opened(path, O_WRONLY), size = 0;

	while (text[size])
		size++;
	must(path, sys(__NR_write, file, (long)text, size, 0, 0, 0));
	sys(__NR_close, file, 0, 0, 0, 0, 0);
}

static void run(char **arguments)
{
	static const char *const environment[] = { NULL };
	int status;
	long child = must("clone", sys(__NR_clone, SIGCHLD, 0, 0, 0, 0, 0));

	if (!child) {
		sys(__NR_execve, (long)arguments[0], (long)arguments, (long)environment, 0, 0, 0);
		sys(__NR_exit_group, 127, 0, 0, 0, 0, 0);
	}
	while (sys(__NR_wait4, WAIT_FOR_ANY, (long)&status, 0, 0, 0, 0) != child)
		;
	begin("ended");
	field("status", status);
	flush();
}

void _start(void)
{
	int file = opened("/commands", O_RDONLY);
	char *from = commands;

	must("read", sys(__NR_read, file, (long)commands, sizeof(commands) - 1, 0, 0, 0));
	while (*from) {
		from = next_line(from);
		if (same(words[0], "mount"))
			must(words[1], sys(__NR_mount, (long)words[1], (long)words[2], (long)words[1], 0, 0, 0));
		else if (same(words[0], "write"))
			write_file(words[1], words[2]);
		else if (same(words[0], "show"))
			copy(opened(words[1], O_RDONLY), 1);
		else if (same(words[0], "run"))
			run(words + 1);
		else
			must(words[0], -1);
	}
	begin("done");
	flush();
	halt();
}
