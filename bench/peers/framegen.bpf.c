/* The load of the frames-a-second column, made in the kernel: an XDP program that a test run calls for each of its
 * live frames. Writes the frame afresh each time (the kernel uses the pages again), goes through the flows in turn,
 * keeps the pace and transmits. Loaded and run by framegen.c. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "framegen.h"

enum { SOURCE_PORT = 34, IP_CHECKSUM = 24, SOURCE_LOW = 28, PORTS = 1 << 15, FIRST_PORT = 1024, WAITS = 4096, LATE_NS = 100000 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct plan);
} plans SEC(".maps");

static void putWord(__u8 *at, __u32 word) {
	at[0] = word >> 8;
	at[1] = word;
}

/* Another source address for every 32,768 flows; the header checksum follows by RFC 1624. */
static void moveSource(__u8 *frame, __u32 by) {
	__u32 old = (frame[SOURCE_LOW] << 8) | frame[SOURCE_LOW + 1], new = (old + by) & 0xffff;
	__u32 sum = (~((frame[IP_CHECKSUM] << 8) | frame[IP_CHECKSUM + 1]) & 0xffff) + (~old & 0xffff) + new;
	sum = (sum & 0xffff) + (sum >> 16);
	putWord(frame + IP_CHECKSUM, ~((sum & 0xffff) + (sum >> 16)));
	putWord(frame + SOURCE_LOW, new);
}

/* Time that was lost (the set-up of a run) is not made up for by a burst. */
static void keepPace(struct plan *plan) {
	__u64 now = bpf_ktime_get_ns();
	for (int i = 0; i < WAITS && now < plan->nextNs; i++)
		now = bpf_ktime_get_ns();
	plan->nextNs = (now > plan->nextNs + LATE_NS ? now : plan->nextNs) + plan->gapNs;
}

SEC("xdp") int framegen(struct xdp_md *context)
{
	__u8 *frame = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	__u32 zero = 0;
	struct plan *plan = bpf_map_lookup_elem(&plans, &zero);
	if (!plan || frame + FRAME_BYTES > end)
		return XDP_ABORTED;
	if (plan->gapNs)
		keepPace(plan);
	__builtin_memcpy(frame, plan->frame, FRAME_BYTES);
	__u64 flow = plan->sent++ % plan->flows;
	putWord(frame + SOURCE_PORT, FIRST_PORT + (flow & (PORTS - 1)));
	if (flow >= PORTS)
		moveSource(frame, flow / PORTS);
	return XDP_TX;
}

char licence[] SEC("license") = "GPL";
