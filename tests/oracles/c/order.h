/* Integers and memory, in this machine's order or in another: the words of kernel and VMM. */

/* A 1-byte swap moves nothing; the rest is the compiler's own. */
#define swap8(x) (x)
#define swap16(x) __builtin_bswap16(x)
#define swap32(x) __builtin_bswap32(x)
#define swap64(x) __builtin_bswap64(x)

#define cpu_and_le(bits, x) (BIG ? swap##bits((u##bits)(x)) : (u##bits)(x))
#define cpu_and_be(bits, x) (BIG ? (u##bits)(x) : swap##bits((u##bits)(x)))

/* The integer that lies at `from`, by a cast: what the CPU itself loads. The place is aligned. */
static u64 load_native(const void *from, unsigned int len)
{
	switch (len) {
	case 1:
		return *(const u8 *)from;
	case 2:
		return *(const u16 *)from;
	case 4:
		return *(const u32 *)from;
	default:
		return *(const u64 *)from;
	}
}

static void store_native(void *to, unsigned int len, u64 value)
{
	switch (len) {
	case 1:
		*(u8 *)to = value;
		break;
	case 2:
		*(u16 *)to = value;
		break;
	case 4:
		*(u32 *)to = value;
		break;
	default:
		*(u64 *)to = value;
	}
}

static u64 swap(u64 value, unsigned int len)
{
	switch (len) {
	case 1:
		return (u8)value;
	case 2:
		return swap16((u16)value);
	case 4:
		return swap32((u32)value);
	default:
		return swap64(value);
	}
}
