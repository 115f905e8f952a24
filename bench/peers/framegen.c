/* framegen: 64-byte frames (60 without FCS) of UDP out of a veth, from many flows, paced, made inside the kernel, so
 * that the generator is not what is measured. The far end of the veth must have GRO on, else the kernel takes no
 * XDP frames into it. Used by figures.sh; run in the folder of framegen.bpf.o, as root.
 *
 * usage: framegen DEV SECONDS SRC_MAC DST_MAC SRC_IP DST_IP DPORT FRAMES_A_SECOND FLOWS; prints how many were sent, and
 * in how many seconds */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "framegen.h"

enum { ETHERNET = 14, IPV4 = 20, UDP = 8, CALLS_A_SECOND = 10, BATCH = 16 };

static void fail(const char *what) { fprintf(stderr, "framegen: %s\n", what); exit(1); }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void writeMac(const char *text, unsigned char *mac) {
	unsigned b[6];
	if (sscanf(text, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5) != 6) fail("bad MAC");
	for (int i = 0; i < 6; i++) mac[i] = b[i];
}

static void writeFrame(unsigned char *frame, char **v) {
	int payload = FRAME_BYTES - ETHERNET - IPV4;
	writeMac(v[1], frame);
	writeMac(v[0], frame + 6);
	frame[12] = 8;
	unsigned char ip[IPV4] = { 0x45, 0, 0, FRAME_BYTES - ETHERNET, 0, 0, 0x40, 0, 64, 17 };
	if (inet_pton(AF_INET, v[2], ip + 12) != 1 || inet_pton(AF_INET, v[3], ip + 16) != 1) fail("bad address");
	unsigned sum = 0;
	for (int i = 0; i < IPV4; i += 2) sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	ip[10] = sum >> 8;
	ip[11] = sum;
	memcpy(frame + ETHERNET, ip, IPV4);
	int port = atoi(v[4]);
	frame[36] = port >> 8;
	frame[37] = port;
	frame[39] = payload;
}

int main(int c, char **v) {
	if (c != 10) {
		fprintf(stderr, "usage: framegen DEV SECONDS SRC_MAC DST_MAC SRC_IP DST_IP DPORT FRAMES_A_SECOND FLOWS\n");
		return 2;
	}
	unsigned device = if_nametoindex(v[1]), key = 0;
	double seconds = atof(v[2]), rate = atof(v[8]), sent = 0;
	if (!device) fail("no such interface");
	if (rate < CALLS_A_SECOND * BATCH) fail("too few frames a second");
	struct plan plan = { .flows = strtoull(v[9], 0, 10), .gapNs = 1e9 / rate };
	writeFrame(plan.frame, v + 3);
	struct bpf_object *object = bpf_object__open("framegen.bpf.o");
	if (!object || bpf_object__load(object)) fail("cannot load framegen.bpf.o (root, and its folder?)");
	int program = bpf_program__fd(bpf_object__find_program_by_name(object, "framegen"));
	int map = bpf_object__find_map_fd_by_name(object, "plans");
	double start = now();
	plan.nextNs = start * 1e9;
	if (bpf_map_update_elem(map, &key, &plan, 0)) fail("cannot write the plan");
	struct xdp_md context = { .data_end = FRAME_BYTES, .ingress_ifindex = device };
	while (now() - start < seconds) {
		/* A call costs some 20 ms to set up, so there are few. */
		LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = plan.frame, .data_size_in = FRAME_BYTES,
			.ctx_in = &context, .ctx_size_in = sizeof context, .repeat = rate / CALLS_A_SECOND,
			.flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);
		int error = bpf_prog_test_run_opts(program, &run);
		if (error) fail(strerror(-error));
		sent += (int)(rate / CALLS_A_SECOND);
	}
	printf("%.0f %.3f\n", sent, now() - start);
	return 0;
}
