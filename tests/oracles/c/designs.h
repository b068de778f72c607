/*
 * The six designs, as a kernel does them: `unsigned long` in a slot of that size, C's promotions.
 *
 * The conversions return `unsigned long`, so on a 32-bit machine each is what arch/arm had, and on
 * a 64-bit one what arch/arm64 had. Sources: Linux, by the commits named at each design.
 *
 * Compiled with -DSLIP, one mask is missing: the recipe asks whether anyone would notice.
 */
struct access {
	int is_store, is_signed, sixty_four, guest_is_big;
	unsigned int len;
};

enum buffer { NATIVE, LITTLE, COPIED };

struct design {
	const char *name;
	unsigned long (*convert)(unsigned long data, const struct access *access);
	enum buffer buffer;
	int extends_first;
};

#ifdef SLIP
#define KEEP(bits, x) (x)
#else
#define KEEP(bits, x) ((x) & ((bits) == 8 ? 0xfful : (bits) == 16 ? 0xfffful : 0xfffffffful))
#endif

/* 45e96ea6b369: nobody asks for the guest's order. */
static unsigned long untouched(unsigned long data, const struct access *access)
{
	(void)access;
	return data;
}

static unsigned long as_big(unsigned long data, unsigned int len)
{
	switch (len) {
	case 1:
		return KEEP(8, data);
	case 2:
		return BIG ? KEEP(16, data) : swap16((u16)data);
	case 4:
		return BIG ? KEEP(32, data) : swap32((u32)data);
	default:
		return cpu_and_be(64, data);
	}
}

static unsigned long as_little(unsigned long data, unsigned int len)
{
	switch (len) {
	case 1:
		return KEEP(8, data);
	case 2:
		return BIG ? swap16((u16)data) : KEEP(16, data);
	case 4:
		return BIG ? swap32((u32)data) : KEEP(32, data);
	default:
		return cpu_and_le(64, data);
	}
}

/* 6d89d2d9b5ba: a big guest's data only. */
static unsigned long big_guests(unsigned long data, const struct access *access)
{
	return access->guest_is_big ? as_big(data, access->len) : data;
}

/* 27f194fd360a, b30070862edb: both guests'. */
static unsigned long both_guests(unsigned long data, const struct access *access)
{
	return access->guest_is_big ? as_big(data, access->len) : as_little(data, access->len);
}

/* Proposed on 6 January 2014: __swab16 and its like in place of be16_to_cpu and its like. */
static unsigned long swabbed(unsigned long data, const struct access *access)
{
	return access->guest_is_big ? swap(data, access->len) : data;
}

static const struct design designs[] = {
	{ "memcpy-2012", untouched, COPIED, 1 },
	{ "be-guests-2013", big_guests, NATIVE, 1 },
	{ "merged-2014", both_guests, NATIVE, 1 },
	{ "swab", swabbed, NATIVE, 1 },
	{ "swab-le-buffer", swabbed, LITTLE, 1 },
	{ "sign-fixed-2026", both_guests, NATIVE, 0 }, /* 85f56708a443 */
};
enum { DESIGNS = sizeof(designs) / sizeof(*designs) };

static void to_buffer(u8 *buffer, unsigned int len, unsigned long data, enum buffer kind)
{
	if (kind == COPIED)
		memcpy(buffer, &data, len);
	else
		store_native(buffer, len, kind == LITTLE && BIG ? swap(data, len) : data);
}

static unsigned long from_buffer(const u8 *buffer, unsigned int len, enum buffer kind)
{
	unsigned long data = 0;

	if (kind == COPIED)
		memcpy(&data, buffer, len);
	else
		data = load_native(buffer, len);
	return kind == LITTLE && BIG ? swap(data, len) : data;
}

/* The mask is an int, as in the kernel: for 4 bytes it is negative, and C extends it to 64 bits. */
static unsigned long extended(unsigned long data, const struct access *access)
{
	int sign_bit;

	if (access->is_signed && access->len < SLOT) {
		sign_bit = 1u << (8 * access->len - 1);
		data = (data ^ sign_bit) - sign_bit;
	}
#if __SIZEOF_LONG__ == 8
	if (!access->sixty_four)
		data &= 0xfffffffful;
#endif
	return data;
}

static void store(const struct design *design, const struct access *access, unsigned long reg,
		  u8 *mmio)
{
	to_buffer(mmio, access->len, design->convert(reg, access), design->buffer);
}

static unsigned long load(const struct design *design, const struct access *access, const u8 *mmio)
{
	unsigned long data = from_buffer(mmio, access->len, design->buffer);

	if (design->extends_first)
		return design->convert(extended(data, access), access);
	return extended(design->convert(data, access), access);
}
