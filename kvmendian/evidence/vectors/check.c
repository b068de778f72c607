/*
 * Hold an implementation against the vectors: all of it, or the half that you have.
 *
 * Needs no libc. Make vectors.h first: python -m kvmendian vectors --format c > vectors.h
 */
#include <stddef.h>

#include "vectors.h"

/* `data` is mmio.data, 8 bytes of which `len` count; NULL is a function that you do not have. */
struct implementation {
	/* KVM's half, or yours where you complete a load yourself: the guest's register and data. */
	void (*store)(uint8_t *data, unsigned int len, uint64_t reg, int guest_is_big);
	uint64_t (*load)(const uint8_t *data, unsigned int len, int guest_is_big, int is_signed,
			 unsigned int register_width, uint64_t reg_before);
	/* The VMM's half: data and the device's register. `answer` is NULL where no device claims. */
	uint64_t (*device_write)(const uint8_t *data, unsigned int len, int device_is_big);
	void (*device_read)(uint8_t *data, unsigned int len, int device_is_big,
			    const uint64_t *answer);
};

/* What lies in `data` before a call: the row's bytes or, for NULL, nobody's; above `len`, stale. */
static void lay(uint8_t *data, const uint8_t *bytes, unsigned int len)
{
	for (unsigned int i = 0; i < 8; i++)
		data[i] = bytes && i < len ? bytes[i] : 0xee;
}

static int same(const uint8_t *data, const uint8_t *bytes, unsigned int len)
{
	while (len && data[len - 1] == bytes[len - 1])
		len--;
	return !len;
}

static const char *failure(const struct implementation *mine, const struct kvmendian_vector *v)
{
	static const uint8_t zeros[8], ones[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	const uint64_t seen[2] = { v->little_device, v->big_device };
	_Alignas(8) uint8_t data[8];

	lay(data, NULL, 0);
	if (v->is_store && mine->store) {
		mine->store(data, v->width, v->reg, v->guest_is_big);
		if (!same(data, v->data, v->width))
			return "store";
	}
	for (int big = 0; !v->is_store && mine->device_read && big < 2; big++) {
		lay(data, NULL, 0);
		mine->device_read(data, v->width, big, &seen[big]);
		if (!same(data, v->data, v->width))
			return "device_read";
		mine->device_read(data, v->width, big, NULL); /* the last answer is still there */
		if (!same(data, zeros, v->width) && !same(data, ones, v->width))
			return "device_read, unclaimed";
	}
	lay(data, v->data, v->width);
	for (int big = 0; v->is_store && mine->device_write && big < 2; big++)
		if (mine->device_write(data, v->width, big) != seen[big])
			return "device_write";
	if (!v->is_store && mine->load &&
	    mine->load(data, v->width, v->guest_is_big, v->is_signed, v->register_width,
		       0xdeadbeefcafef00d) != v->reg)
		return "load";
	return NULL;
}

/* Return the first row that fails, and in `what` the function that does; NULL if none does. */
static const struct kvmendian_vector *check(const struct implementation *mine, const char **what)
{
	const struct kvmendian_vector *v;

	for (v = kvmendian_vectors; v < kvmendian_vectors + KVMENDIAN_VECTORS; v++)
		if ((*what = failure(mine, v)))
			return v;
	return NULL;
}
