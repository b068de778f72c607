/*
 * A right implementation, for any host: it never asks for the host's order. And how to check it:
 *
 *	python -m kvmendian vectors --format c > vectors.h && cc -I. example.c && ./a.out
 */
#include "check.c"

static uint64_t from_bytes(const uint8_t *data, unsigned int len, int is_big)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < len; i++)
		value |= (uint64_t)data[is_big ? len - 1 - i : i] << 8 * i;
	return value;
}

static void to_bytes(uint8_t *data, unsigned int len, int is_big, uint64_t value)
{
	for (unsigned int i = 0; i < len; i++)
		data[is_big ? len - 1 - i : i] = value >> 8 * i;
}

static void store(uint8_t *data, unsigned int len, uint64_t reg, int guest_is_big)
{
	to_bytes(data, len, guest_is_big, reg);
}

static uint64_t load(const uint8_t *data, unsigned int len, int guest_is_big, int is_signed,
		     unsigned int register_width, uint64_t reg_before)
{
	uint64_t reg = from_bytes(data, len, guest_is_big);

	(void)reg_before; /* a load fills the whole register */
	if (is_signed && reg >> (8 * len - 1))
		reg |= ~0ull << (8 * len - 1);
	return register_width == 32 ? (uint32_t)reg : reg;
}

static void device_read(uint8_t *data, unsigned int len, int device_is_big, const uint64_t *answer)
{
	to_bytes(data, len, device_is_big, answer ? *answer : 0); /* or all ones: KVM loads it */
}

static const struct implementation right = { store, load, from_bytes, device_read };

#if __STDC_HOSTED__
#include <stdio.h>

int main(void)
{
	const char *what;
	const struct kvmendian_vector *v = check(&right, &what);

	if (!v)
		return !printf("%d vectors pass\n", KVMENDIAN_VECTORS);
	printf("vector %d fails in %s: %s, %s, %u bytes, %s guest, register %#llx\n",
	       (int)(v - kvmendian_vectors), what, v->arch, v->is_store ? "store" : "load",
	       v->width, v->guest_is_big ? "big" : "little", (unsigned long long)v->reg);
	return 1;
}
#endif
