/*
 * The checker of kvmendian/evidence/vectors on this machine: what passes, what fails and where.
 *
 * A line each, in hexadecimal: `<name> passes`, or `<name> fails <row> <its data> <in what>`. The
 * designs are designs.h's; mistakes.h, with each mistake of a VMM and the same mended, is made by
 * the recipe, as vectors.h is.
 */
#include "start.h"

#include "order.h"

#define store design_to_data
#define load design_from_data
#include "designs.h"
#undef store
#undef load

#include "example.c"

static const struct design *current;

static void design_store(uint8_t *data, unsigned int len, uint64_t reg, int guest_is_big)
{
	const struct access access = { 1, 0, SLOT == 8, guest_is_big, len };

	design_to_data(current, &access, reg, data);
}

static uint64_t design_load(const uint8_t *data, unsigned int len, int guest_is_big, int is_signed,
			    unsigned int register_width, uint64_t reg_before)
{
	const struct access access = { 0, is_signed, register_width == 64, guest_is_big, len };

	(void)reg_before;
	return design_from_data(current, &access, data);
}

#include "mistakes.h"

static void say(const char *name, const struct implementation *mine)
{
	const char *what;
	const struct kvmendian_vector *v = check(mine, &what);

	word(name);
	word(v ? "fails" : "passes");
	if (v) {
		number(v - kvmendian_vectors);
		bytes(v->data, v->width);
		word(what);
	}
	end_line();
}

#if defined(__x86_64__)
__attribute__((force_align_arg_pointer)) /* nobody called it, so nobody aligned the stack */
#endif
void _start(void)
{
	const struct implementation theirs = { design_store, design_load, NULL, NULL };

	word("machine");
	word(SLOT == 8 ? "8" : "4");
	word(BIG ? "big" : "little");
	end_line();
	say("example", &right);
	for (unsigned int i = 0; i < DESIGNS; i++) {
		current = &designs[i];
		say(current->name, &theirs);
	}
	for (unsigned int i = 0; i < sizeof(mistaken) / sizeof(*mistaken); i++)
		say(mistaken[i].name, &mistaken[i].mine);
	word("done");
	end_line();
	for (;;)
		sys(EXIT, 0, 0, 0);
}
