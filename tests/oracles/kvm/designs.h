/*
 * Four designs that Debian's kernel does not have. kernels.py puts one of their names and an
 * #include of this into arch/arm64/kvm/mmio.c, before its first function that converts anything.
 *
 * From there on a name that is defined anew below means ours. All else stays the kernel's: who
 * calls what, and the sign extension, which comes before the conversion as in all designs up to
 * 2026. The vGIC, in files of its own, stays too. What each design is: kvmendian/model/designs.py.
 */
#include <linux/swab.h>
#include <asm/byteorder.h>

/* Do with the low bytes of an unsigned long what the kernel's word for that width does. */
#define BY_WIDTH(name, word16, word32, word64)						\
	static inline unsigned long name(unsigned long data, unsigned int len)		\
	{										\
		return len == 8 ? word64((__force __u64)data) :				\
		       len == 4 ? word32((__force __u32)data) :				\
		       len == 2 ? word16((__force __u16)data) : (__u8)data;		\
	}

#if defined(MEMCPY_2012)

/* 45e96ea6b369: nobody asks for the guest's order, and the buffer is the register's first bytes. */
static inline unsigned long converted(struct kvm_vcpu *vcpu, unsigned long data, unsigned int len)
{
	return data;
}

static inline void to_buffer(void *buffer, unsigned int len, unsigned long data)
{
	memcpy(buffer, &data, len);
}

static inline unsigned long from_buffer(const void *buffer, unsigned int len)
{
	unsigned long data = 0;

	memcpy(&data, buffer, len);
	return data;
}

#elif defined(BE_GUESTS_2013)

/* 6d89d2d9b5ba: a big guest's data alone. */
BY_WIDTH(as_big, be16_to_cpu, be32_to_cpu, be64_to_cpu)

static inline unsigned long converted(struct kvm_vcpu *vcpu, unsigned long data, unsigned int len)
{
	return kvm_vcpu_is_be(vcpu) ? as_big(data, len) : data;
}

#elif defined(SWAB) || defined(SWAB_LE_BUFFER)

/* Proposed on the list on 6 January 2014: swap for a big guest, on any host. */
BY_WIDTH(swapped, swab16, swab32, swab64)

static inline unsigned long converted(struct kvm_vcpu *vcpu, unsigned long data, unsigned int len)
{
	return kvm_vcpu_is_be(vcpu) ? swapped(data, len) : data;
}

#else
#error "none of the four"
#endif

#if defined(SWAB_LE_BUFFER)

/* Discussed until 20 January 2014: the buffer is little-endian, so a big host swaps once more. */
BY_WIDTH(as_little, le16_to_cpu, le32_to_cpu, le64_to_cpu)

static inline void to_buffer(void *buffer, unsigned int len, unsigned long data)
{
	kvm_mmio_write_buf(buffer, len, as_little(data, len));
}

static inline unsigned long from_buffer(const void *buffer, unsigned int len)
{
	return as_little(kvm_mmio_read_buf(buffer, len), len);
}

#endif

#define vcpu_data_guest_to_host converted
#define vcpu_data_host_to_guest converted
#if defined(MEMCPY_2012) || defined(SWAB_LE_BUFFER)
#define kvm_mmio_write_buf to_buffer
#define kvm_mmio_read_buf from_buffer
#endif
