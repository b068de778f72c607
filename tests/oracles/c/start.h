/*
 * A program without a libc, on seven machines: where it starts, how it writes a line, how it ends.
 *
 * Debian has no libc for big-endian arm and arm64, so no machine here gets one. Included once, by
 * main.c. Only `write` and `exit` are called, by the numbers of asm/unistd.h of each machine.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define SLOT sizeof(unsigned long) /* of a guest register, in the host kernel's memory */

static long sys(long number, long a, long b, long c)
{
#if defined(__x86_64__)
	register long n __asm__("rax") = number;
	register long x __asm__("rdi") = a, y __asm__("rsi") = b, z __asm__("rdx") = c;

	__asm__ volatile("syscall" : "+r"(n) : "r"(x), "r"(y), "r"(z) : "rcx", "r11", "memory");
	return n;
#elif defined(__aarch64__)
	register long n __asm__("x8") = number;
	register long x __asm__("x0") = a, y __asm__("x1") = b, z __asm__("x2") = c;

	__asm__ volatile("svc #0" : "+r"(x) : "r"(n), "r"(y), "r"(z) : "memory");
	return x;
#elif defined(__arm__)
	register long n __asm__("r7") = number;
	register long x __asm__("r0") = a, y __asm__("r1") = b, z __asm__("r2") = c;

	__asm__ volatile("svc #0" : "+r"(x) : "r"(n), "r"(y), "r"(z) : "memory");
	return x;
#elif defined(__powerpc64__)
	register long n __asm__("r0") = number;
	register long x __asm__("r3") = a, y __asm__("r4") = b, z __asm__("r5") = c;

	__asm__ volatile("sc"
			 : "+r"(n), "+r"(x), "+r"(y), "+r"(z)
			 :
			 : "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
	return x;
#elif defined(__s390x__)
	register long n __asm__("r1") = number;
	register long x __asm__("r2") = a, y __asm__("r3") = b, z __asm__("r4") = c;

	__asm__ volatile("svc 0" : "+d"(x) : "d"(n), "d"(y), "d"(z) : "memory");
	return x;
#else
#error no system call is known for this machine
#endif
}

#if defined(__x86_64__)
enum { WRITE = 1, EXIT = 60 };
#elif defined(__aarch64__)
enum { WRITE = 64, EXIT = 93 };
#else
enum { WRITE = 4, EXIT = 1 };
#endif

/* GCC calls these two even where there is no libc. */
void *memcpy(void *to, const void *from, __SIZE_TYPE__ count)
{
	u8 *out = to;
	const u8 *in = from;

	while (count--)
		*out++ = *in++;
	return to;
}

void *memset(void *start, int value, __SIZE_TYPE__ count)
{
	u8 *byte = start;

	while (count--)
		*byte++ = value;
	return start;
}

/* --- Lines: words between blanks, numbers and bytes hexadecimal ------------------------------- */

static char line[256];
static unsigned int used;

static void letter(char c)
{
	if (used < sizeof(line))
		line[used++] = c;
}

static void word(const char *text)
{
	if (used)
		letter(' ');
	while (*text)
		letter(*text++);
}

static void digits(u32 value, int count)
{
	while (count--)
		letter("0123456789abcdef"[value >> 4 * count & 15]);
}

static void number(u64 value)
{
	letter(' ');
	digits(value >> 32, 8); /* in halves: a shift by any number of bits would need libgcc on arm */
	digits(value, 8);
}

static void bytes(const u8 *from, unsigned int count)
{
	letter(' ');
	while (count--)
		digits(*from++, 2);
}

static void end_line(void)
{
	letter('\n');
	sys(WRITE, 1, (long)line, used);
	used = 0;
}
