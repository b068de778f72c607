/*
 * Linux without a libc: system calls, and lines on the console. For vmm.c and init.c.
 *
 * A line is an event of a job: "@<job> <event> <name>=<hex> …". Numbers are hexadecimal, bytes are in
 * address order.
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/reboot.h>
#include <stddef.h>
#include <stdint.h>

static unsigned long job_number;

static long sys(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8)
			 : "memory");
	return x0;
}

/* GCC asks for it even where there is no libc. */
void *memset(void *start, int value, size_t count)
{
	uint8_t *byte = start;

	while (count--)
		*byte++ = value;
	return start;
}

static char line[1024];
static unsigned int used;

static void text(const char *words)
{
	while (*words && used < sizeof(line))
		line[used++] = *words++;
}

static void hex(uint64_t number)
{
	int shift = 60;

	while (shift && !(number >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		text((char[]){ "0123456789abcdef"[number >> shift & 15], 0 });
}

static void field(const char *name, uint64_t number)
{
	text(" ");
	text(name);
	text("=");
	hex(number);
}

static inline void bytes(const char *name, const uint8_t *from, int count)
{
	text(" ");
	text(name);
	text("=");
	while (count--) {
		hex(*from >> 4);
		hex(*from++ & 15);
	}
}

static void begin(const char *event_name)
{
	text("@");
	hex(job_number);
	text(" ");
	text(event_name);
}

static void flush(void)
{
	text("\n");
	sys(__NR_write, 1, (long)line, used, 0, 0, 0);
	used = 0;
}

/* End: the machine, where this is its init, or else the process. */
static void halt(void)
{
	if (sys(__NR_getpid, 0, 0, 0, 0, 0, 0) != 1)
		sys(__NR_exit_group, 0, 0, 0, 0, 0, 0);
	sys(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0, 0, 0);
	for (;;)
		;
}

/* Return what the call returned; where it must not fail, say which did and end. */
static long must(const char *what, long returned)
{
	if (returned < 0) {
		begin("failed ");
		text(what);
		field("errno", -returned);
		flush();
		halt();
	}
	return returned;
}

static inline long ioctl(int fd, unsigned long request, const void *argument)
{
	return sys(__NR_ioctl, fd, request, (long)argument, 0, 0, 0);
}

static inline void *map(int fd, unsigned long size)
{
	int flags = fd < 0 ? 0x21 : 0x01; /* MAP_SHARED, and MAP_ANONYMOUS without a file */

	return (void *)must("mmap", sys(__NR_mmap, 0, size, 3 /* read, write */, flags, fd, 0));
}
