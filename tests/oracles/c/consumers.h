/*
 * Who reads `mmio.data`, and who fills it: one source for an Arm emulator on any machine.
 *
 * `order` is 0 for little, 1 for big, as QEMU's target_words_bigendian() says it. Today's sum and
 * that of 2014: QEMU, memory.c and exec.c, at ece408818d (Feb 2026) and 492044581c (Jan 2014).
 */
struct consumer {
	const char *name;
	int target, device;
	u64 (*integer)(const u8 *data, unsigned int len, int target, int device);
	void (*fill)(u8 *data, unsigned int len, u64 value, int target, int device);
};

static u64 cast(const u8 *data, unsigned int len, int target, int device)
{
	(void)target, (void)device;
	return load_native(data, len);
}

static void cast_fill(u8 *data, unsigned int len, u64 value, int target, int device)
{
	(void)target, (void)device;
	store_native(data, len, value);
}

/* The in-kernel GIC's since 1c9f04717ca8: le32_to_cpu of a cast. */
static u64 le_to_cpu(const u8 *data, unsigned int len, int target, int device)
{
	u64 value = load_native(data, len);

	(void)target, (void)device;
	return BIG ? swap(value, len) : value;
}

static void cpu_to_le(u8 *data, unsigned int len, u64 value, int target, int device)
{
	(void)target, (void)device;
	store_native(data, len, BIG ? swap(value, len) : value);
}

/* 2014: load in the target's order; swap where the device's differs from the target's. */
static u64 sum_2014(const u8 *data, unsigned int len, int target, int device)
{
	u64 value = load_native(data, len);

	if (target != BIG)
		value = swap(value, len);
	return device != target ? swap(value, len) : value;
}

static void fill_2014(u8 *data, unsigned int len, u64 value, int target, int device)
{
	if (device != target)
		value = swap(value, len);
	store_native(data, len, target != BIG ? swap(value, len) : value);
}

/* Today: load in the host's order; swap where the device's differs from the host's. */
static u64 sum_today(const u8 *data, unsigned int len, int target, int device)
{
	u64 value = load_native(data, len);

	(void)target;
	return device != BIG ? swap(value, len) : value;
}

static void fill_today(u8 *data, unsigned int len, u64 value, int target, int device)
{
	(void)target;
	store_native(data, len, device != BIG ? swap(value, len) : value);
}

static const struct consumer consumers[] = {
	{ "cast", 0, 0, cast, cast_fill },
	{ "le_to_cpu", 0, 0, le_to_cpu, cpu_to_le },
	{ "qemu-2014", 0, 0, sum_2014, fill_2014 },
	{ "qemu-2014", 0, 1, sum_2014, fill_2014 },
	{ "qemu-2014", 1, 0, sum_2014, fill_2014 },
	{ "qemu-2014", 1, 1, sum_2014, fill_2014 },
	{ "qemu-today", 0, 0, sum_today, fill_today },
	{ "qemu-today", 0, 1, sum_today, fill_today },
};
enum { CONSUMERS = sizeof(consumers) / sizeof(*consumers) };
