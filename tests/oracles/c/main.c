/*
 * Every access that a machine can make, through every design, and every consumer of its bytes.
 *
 * It judges nothing. A line is one of these, each number of 16 hexadecimal digits:
 *
 *	machine <slot, bytes> <its order>
 *	store <design> <width> <guest> <register> <mmio.data, 8 bytes>
 *	load <design> <width> <guest> <signed> <register width> <mmio.data> <register>
 *	integer <consumer> <target> <device> <mmio.data> <what the device's callback gets>
 *	fill <consumer> <target> <device> <width> <what the callback answers> <mmio.data>
 *	done
 *
 * Bytes are in address order. A byte of `mmio.data` that nobody wrote is ee.
 */
#include "start.h"

#include "order.h"

#include "consumers.h"
#include "designs.h"

enum { STALE = 0xee };

static const u64 values[] = { VALUES }; /* from the recipe */
static const unsigned int widths[] = { 1, 2, 4, 8 };
enum { COUNT = sizeof(values) / sizeof(*values) };

static const char *order_name(int is_big)
{
	return is_big ? "big" : "little";
}

static void decimal(unsigned int small)
{
	word("");
	if (small > 9)
		letter('0' + small / 10);
	letter('0' + small % 10);
}

static void head(const char *what, const char *who)
{
	word(what);
	word(who);
}

/* What a device of little order answered: the value's least significant byte comes first. */
static void answer(u8 *mmio, unsigned int len, u64 value)
{
	memset(mmio, STALE, 8);
	for (; len--; value >>= 8)
		*mmio++ = value;
}

static void one_access(const struct design *design, const struct access *access)
{
	u8 mmio[8] __attribute__((aligned(8)));
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		head(access->is_store ? "store" : "load", design->name);
		decimal(access->len);
		word(order_name(access->guest_is_big));
		if (access->is_store) {
			memset(mmio, STALE, 8);
			store(design, access, values[i], mmio);
			number((unsigned long)values[i]);
			bytes(mmio, 8);
		} else {
			answer(mmio, access->len, values[i]);
			word(access->is_signed ? "signed" : "plain");
			decimal(access->sixty_four ? 64 : 32);
			bytes(mmio, access->len);
			number(load(design, access, mmio));
		}
		end_line();
	}
}

static void accesses(const struct design *design)
{
	struct access access;
	unsigned int w, wide, is_signed, guest;

	for (w = 0; w < 4 && widths[w] <= SLOT; w++) {
		for (guest = 0; guest < 2; guest++) {
			access = (struct access){ 1, 0, SLOT == 8, guest, widths[w] };
			one_access(design, &access);
			for (is_signed = 0; is_signed < 2; is_signed++)
				for (wide = 0; wide <= (SLOT == 8); wide++) {
					/* a load fits its register, and a sign has something to extend into */
					if (widths[w] + is_signed > (wide ? 8 : 4))
						continue;
					access = (struct access){ 0, is_signed, wide, guest, widths[w] };
					one_access(design, &access);
				}
		}
	}
}

static void one_consumer(const struct consumer *consumer)
{
	u8 mmio[8] __attribute__((aligned(8)));
	unsigned int w, i, len;

	for (w = 0; w < 4; w++)
		for (i = 0; i < COUNT; i++) {
			len = widths[w];
			answer(mmio, len, values[i]);
			head("integer", consumer->name);
			word(order_name(consumer->target));
			word(order_name(consumer->device));
			bytes(mmio, len);
			number(consumer->integer(mmio, len, consumer->target, consumer->device));
			end_line();
			head("fill", consumer->name);
			word(order_name(consumer->target));
			word(order_name(consumer->device));
			decimal(len);
			memset(mmio, STALE, 8);
			consumer->fill(mmio, len, values[i], consumer->target, consumer->device);
			number(values[i]);
			bytes(mmio, 8);
			end_line();
		}
}

#if defined(__x86_64__)
__attribute__((force_align_arg_pointer)) /* nobody called it, so nobody aligned the stack */
#endif
void _start(void)
{
	unsigned int i;

	word("machine");
	decimal(SLOT);
	word(order_name(BIG));
	end_line();
	for (i = 0; i < DESIGNS; i++)
		accesses(&designs[i]);
	for (i = 0; i < CONSUMERS; i++)
		one_consumer(&consumers[i]);
	word("done");
	end_line();
	for (;;)
		sys(EXIT, 0, 0, 0);
}
