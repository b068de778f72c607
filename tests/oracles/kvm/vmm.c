/*
 * The smallest VMM that shows what Linux puts into kvm_run->mmio.data.
 *
 * It is the init of a kernel under test, or run by one (init.c). It reads jobs from /jobs, runs each one as a virtual
 * machine of its own, and writes what it saw to the console, a line an event. It judges nothing:
 * record.py makes rows of the lines.
 *
 * There is no libc, because Debian has none for big-endian arm64; one source serves both orders.
 * Two things follow from that. The job file is little-endian on every host and is read bytewise.
 * Guest code and guest RAM are bytes in address order and are never seen through an integer.
 * The one integer read in the host's own order is `host=`: what a VMM gets that casts mmio.data.
 */
#include "bare.h"

#include <linux/kvm.h>

enum { RAM = 0x40000000, RAM_SIZE = 0x10000, SCRATCH = 0x1000, PORT = 0xb000000 };
enum { DIST = 0x8000000, REDIST = 0x80a0000, DEVICE = 0xa000000 };
enum { SAME_VM = 1, EL1_32BIT = 2, NISV_TO_USER = 4, GIC = 8, MATCH = 16 }; /* job flags */
enum { MANY = 16 };    /* exits, no job has more */
enum { STALE = 0xee }; /* what a byte of mmio.data stays that the kernel did not write */

/* Every number of a job takes eight bytes; guests.py writes them in this order. */
enum { REGS = 11, BYTES = 64 };
struct job {
	uint64_t flags, flip_after, pstate, sctlr, new_pstate, new_sctlr, attr, match, code_size;
	uint64_t x[REGS];
	uint8_t fill[16], code[BYTES];
};
enum { NUMBERS = offsetof(struct job, fill) / 8 };

static uint8_t *ram, *scratch, jobs[1 << 20];
static struct kvm_run *run;
static int kvm, vm = -1, vcpu, gic, event;
static unsigned long run_size;

/* --- Registers of the vCPU -------------------------------------------------------------------- */

#define CORE(name) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.name))
#define SCTLR_EL1 ARM64_SYS_REG(3, 0, 1, 0, 0)
#define CPACR_EL1 ARM64_SYS_REG(3, 0, 1, 0, 2)
#define X(number) (CORE(regs[0]) + 2 * (number)) /* counted in 32-bit units */

static void set(uint64_t id, uint64_t value)
{
	struct kvm_one_reg one = { id, (uint64_t)&value };

	must("KVM_SET_ONE_REG", ioctl(vcpu, KVM_SET_ONE_REG, &one));
}

static uint64_t get(uint64_t id)
{
	uint64_t value;
	struct kvm_one_reg one = { id, (uint64_t)&value };

	must("KVM_GET_ONE_REG", ioctl(vcpu, KVM_GET_ONE_REG, &one));
	return value;
}

/* --- Virtual machines ------------------------------------------------------------------------- */

static void place(uint64_t attribute, uint64_t address)
{
	struct kvm_device_attr attr = { 0, KVM_DEV_ARM_VGIC_GRP_ADDR, attribute, (uint64_t)&address };

	must("KVM_DEV_ARM_VGIC_GRP_ADDR", ioctl(gic, KVM_SET_DEVICE_ATTR, &attr));
}

static void new_gic(void)
{
	struct kvm_create_device device = { KVM_DEV_TYPE_ARM_VGIC_V3, 0, 0 };
	struct kvm_device_attr init = { 0, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0 };
	uint32_t interrupts = 64;
	struct kvm_device_attr size = { 0, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, (uint64_t)&interrupts };

	must("KVM_CREATE_DEVICE", ioctl(vm, KVM_CREATE_DEVICE, &device));
	gic = device.fd;
	must("KVM_DEV_ARM_VGIC_GRP_NR_IRQS", ioctl(gic, KVM_SET_DEVICE_ATTR, &size));
	place(KVM_VGIC_V3_ADDR_TYPE_DIST, DIST);
	place(KVM_VGIC_V3_ADDR_TYPE_REDIST, REDIST);
	must("KVM_DEV_ARM_VGIC_CTRL_INIT", ioctl(gic, KVM_SET_DEVICE_ATTR, &init));
}

static void new_vm(const struct job *job)
{
	struct kvm_userspace_memory_region memory = { 0, 0, RAM, RAM_SIZE, (uint64_t)ram };
	struct kvm_enable_cap nisv = { .cap = KVM_CAP_ARM_NISV_TO_USER };
	struct kvm_vcpu_init init;

	if (vm >= 0) {
		sys(__NR_munmap, (long)run, run_size, 0, 0, 0, 0);
		sys(__NR_close, vcpu, 0, 0, 0, 0, 0);
		if (gic)
			sys(__NR_close, gic, 0, 0, 0, 0, 0);
		sys(__NR_close, vm, 0, 0, 0, 0, 0);
		gic = 0;
	}
	vm = must("KVM_CREATE_VM", ioctl(kvm, KVM_CREATE_VM, 0));
	must("KVM_SET_USER_MEMORY_REGION", ioctl(vm, KVM_SET_USER_MEMORY_REGION, &memory));
	if (job->flags & NISV_TO_USER)
		must("KVM_CAP_ARM_NISV_TO_USER", ioctl(vm, KVM_ENABLE_CAP, &nisv));
	vcpu = must("KVM_CREATE_VCPU", ioctl(vm, KVM_CREATE_VCPU, 0));
	run = map(vcpu, run_size);
	must("KVM_ARM_PREFERRED_TARGET", ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init));
	if (job->flags & EL1_32BIT)
		init.features[0] |= 1 << KVM_ARM_VCPU_EL1_32BIT;
	must("KVM_ARM_VCPU_INIT", ioctl(vcpu, KVM_ARM_VCPU_INIT, &init));
	if (job->flags & GIC)
		new_gic();
}

static void ioeventfd(uint64_t match, uint32_t flags)
{
	struct kvm_ioeventfd io = {
		.datamatch = match,
		.addr = DEVICE,
		.len = 4,
		.fd = event,
		.flags = flags | KVM_IOEVENTFD_FLAG_DATAMATCH,
	};

	must("KVM_IOEVENTFD", ioctl(vm, KVM_IOEVENTFD, &io));
}

/* --- A job ------------------------------------------------------------------------------------ */

static void prepare(const struct job *job)
{
	int i;

	for (i = 0; i < BYTES; i++)
		ram[i] = job->code[i];
	for (i = 0; i < 16; i++)
		scratch[i] = job->fill[i];
	set(CORE(pstate), job->pstate); /* first: whether it is A32 decides how wide x0 is */
	set(CORE(pc), RAM);
	set(SCTLR_EL1, job->sctlr);
	set(CPACR_EL1, 3 << 20); /* so that SIMD registers can be stored */
	for (i = 0; i < REGS; i++)
		set(X(i), job->x[i]);
	for (i = 0; i < 8; i++)
		run->mmio.data[i] = STALE;
}

/* `mmio.data` as a VMM sees it that takes it for an integer of its own. */
static uint64_t cast(void)
{
	switch (run->mmio.len) {
	case 1:
		return *(uint8_t *)run->mmio.data;
	case 2:
		return *(uint16_t *)run->mmio.data;
	case 4:
		return *(uint32_t *)run->mmio.data;
	default:
		return *(uint64_t *)run->mmio.data;
	}
}

static void report_mmio(void)
{
	begin("mmio");
	field("len", run->mmio.len);
	field("write", run->mmio.is_write);
	field("at", run->mmio.phys_addr);
	bytes("data", run->mmio.data, 8);
	field("host", cast());
	field("pstate", get(CORE(pstate)));
	field("sctlr", get(SCTLR_EL1));
	flush();
}

/* Run until the guest stores a byte to the port. Returns 0 there, 1 where KVM gave up on it. */
static int run_guest(const struct job *job)
{
	uint64_t exits;
	long returned;
	int i;

	for (exits = 1; exits < MANY; exits++) {
		returned = ioctl(vcpu, KVM_RUN, 0);
		if (returned < 0) {
			begin("error");
			field("errno", -returned);
			flush();
			return 1;
		}
		if (run->exit_reason == KVM_EXIT_ARM_NISV) {
			begin("nisv");
			field("iss", run->arm_nisv.esr_iss);
			field("ipa", run->arm_nisv.fault_ipa);
			flush();
			return 1;
		}
		if (run->exit_reason != KVM_EXIT_MMIO)
			break;
		report_mmio();
		if (run->mmio.phys_addr == PORT)
			return 0;
		for (i = 0; i < 8; i++)
			run->mmio.data[i] = run->mmio.is_write ? STALE : job->fill[i];
		if (exits == job->flip_after) {
			set(CORE(pstate), job->new_pstate);
			set(SCTLR_EL1, job->new_sctlr);
		}
	}
	begin("lost");
	field("reason", run->exit_reason);
	field("pc", get(CORE(pc)));
	flush();
	return 1;
}

static void report_end(const struct job *job)
{
	uint64_t count = 0;
	uint32_t value = 0;
	struct kvm_device_attr attr = { 0, job->attr >> 60, job->attr & ~(15UL << 60), (uint64_t)&value };
	char name[] = "x0";
	int i;

	begin("end");
	for (i = 0; i < 9; i++, name[1]++)
		field(name, get(X(i)));
	bytes("ram", scratch, 16);
	if (job->flags & MATCH)
		field("matched", sys(__NR_read, event, (long)&count, 8, 0, 0, 0) == 8);
	if (job->attr) {
		field("attr_rc", -ioctl(gic, KVM_GET_DEVICE_ATTR, &attr));
		field("attr", value);
	}
	flush();
}

static void run_job(const struct job *job)
{
	if (!(job->flags & SAME_VM))
		new_vm(job);
	if (job->flags & MATCH)
		ioeventfd(job->match, 0);
	prepare(job);
	if (run_guest(job) == 0) {
		run->immediate_exit = 1; /* the store to the port must be over before the next job */
		ioctl(vcpu, KVM_RUN, 0);
		run->immediate_exit = 0;
	}
	report_end(job);
	if (job->flags & MATCH)
		ioeventfd(job->match, KVM_IOEVENTFD_FLAG_DEASSIGN);
}

static const uint8_t *read_job(struct job *job, const uint8_t *from)
{
	uint64_t *number = (uint64_t *)job;
	int i, j;

	for (i = 0; i < NUMBERS; i++, from += 8)
		for (number[i] = 0, j = 8; j--;)
			number[i] = number[i] << 8 | from[j];
	for (i = 0; i < 16; i++)
		job->fill[i] = *from++;
	for (i = 0; i < BYTES; i++)
		job->code[i] = *from++;
	return from;
}

void _start(void)
{
	static const char dev_kvm[] = "/dev/kvm", jobs_file[] = "/jobs";
	const uint8_t *from = jobs, *end = jobs;
	struct job job;
	long got;
	int file;

	file = must("open /jobs", sys(__NR_openat, AT_FDCWD, (long)jobs_file, O_RDONLY, 0, 0, 0));
	while ((got = sys(__NR_read, file, (long)end, jobs + sizeof(jobs) - end, 0, 0, 0)) > 0)
		end += got;
	kvm = must("open /dev/kvm", sys(__NR_openat, AT_FDCWD, (long)dev_kvm, O_RDWR, 0, 0, 0));
	event = must("eventfd2", sys(__NR_eventfd2, 0, O_NONBLOCK, 0, 0, 0, 0));
	run_size = must("KVM_GET_VCPU_MMAP_SIZE", ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	ram = map(-1, RAM_SIZE);
	scratch = ram + SCRATCH;
	for (job_number = 0; from < end; job_number++) {
		from = read_job(&job, from);
		run_job(&job);
	}
	begin("done");
	flush();
	halt();
}
