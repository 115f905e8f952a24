/* bareforward: the measure for the switch's packet ring. Carries every frame from one interface to the other and
 * back and decides nothing, with the system calls that the switch uses: a packet ring with offload metadata for what
 * fits its slots, recvmmsg for longer frames, sendmmsg for all. Run by bench/peers/run.sh.
 *
 * usage: bareforward DEV DEV [SLOT_BYTES [RING_MIB]] */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BURST = 64, BLOCK = 1 << 20, LONGEST = 65600, TRIES = 16, SPINS = 32, VNET = sizeof(struct virtio_net_hdr) };

struct port {
	int fd;
	unsigned char *map, *slot;
	unsigned perBlock, slotBytes, blocks, inBlock, block;
	unsigned char *longFrames;
	unsigned long received, sent, refused;
};

static volatile sig_atomic_t stopping;
static void stop(int signal) { (void)signal; stopping = 1; }
static void fail(const char *what) { fprintf(stderr, "bareforward: %s: %s\n", what, strerror(errno)); exit(1); }
static void set(int fd, int option, int value) {
	if (setsockopt(fd, SOL_PACKET, option, &value, sizeof value)) fail("setsockopt");
}

static void openPort(struct port *p, const char *device, unsigned slotBytes, unsigned bytes) {
	memset(p, 0, sizeof *p);
	p->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (p->fd < 0) fail("socket");
	set(p->fd, PACKET_VERSION, TPACKET_V2);
	set(p->fd, PACKET_VNET_HDR, 1);
	set(p->fd, PACKET_IGNORE_OUTGOING, 1);
	set(p->fd, PACKET_RESERVE, 4);
	set(p->fd, PACKET_COPY_THRESH, 1);
	int room = 256 << 20;
	if (setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room)) fail("SO_RCVBUFFORCE");
	room = 8 << 20;
	if (setsockopt(p->fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room)) fail("SO_SNDBUFFORCE");
	p->slotBytes = slotBytes;
	p->perBlock = BLOCK / slotBytes;
	p->blocks = bytes / BLOCK;
	struct tpacket_req request = { BLOCK, p->blocks, slotBytes, p->blocks * p->perBlock };
	if (setsockopt(p->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request)) fail("PACKET_RX_RING");
	p->map = p->slot = mmap(0, (size_t)BLOCK * p->blocks, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, 0);
	if (p->map == MAP_FAILED) fail("mmap");
	p->longFrames = malloc((size_t)BURST * (LONGEST + 64));
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(device) };
	if (bind(p->fd, (void *)&address, sizeof address)) fail(device);
	struct packet_mreq promiscuous = { .mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	if (setsockopt(p->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous)) fail("promiscuous");
}

static void next(struct port *p) {
	p->slot += p->slotBytes;
	if (++p->inBlock < p->perBlock) return;
	p->inBlock = 0;
	p->block = p->block + 1 == p->blocks ? 0 : p->block + 1;
	p->slot = p->map + (size_t)p->block * BLOCK;
}

static int forward(struct port *from, struct port *to) {
	static struct tpacket2_hdr *held[BURST];
	static struct iovec buffers[BURST], longBuffers[BURST];
	static struct mmsghdr messages[BURST], longMessages[BURST];
	int count = 0, longs = 0, longAt[BURST];
	while (count < BURST) {
		struct tpacket2_hdr *h = (void *)from->slot;
		uint32_t status = __atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE);
		if (!(status & TP_STATUS_USER)) break;
		if (status & TP_STATUS_COPY) {
			longBuffers[longs].iov_base = from->longFrames + (size_t)longs * (LONGEST + 64);
			longBuffers[longs].iov_len = LONGEST + VNET;
			longMessages[longs].msg_hdr = (struct msghdr){ .msg_iov = longBuffers + longs, .msg_iovlen = 1 };
			longAt[longs++] = count;
		} else {
			buffers[count].iov_base = from->slot + h->tp_mac - VNET;
			buffers[count].iov_len = h->tp_snaplen + VNET;
		}
		messages[count].msg_hdr = (struct msghdr){ .msg_iov = buffers + count, .msg_iovlen = 1 };
		held[count++] = h;
		next(from);
	}
	if (count == 0) return 0;
	if (longs && recvmmsg(from->fd, longMessages, longs, MSG_DONTWAIT, 0) != longs) fail("recvmmsg");
	for (int i = 0; i < longs; i++) {
		buffers[longAt[i]].iov_base = longBuffers[i].iov_base;
		buffers[longAt[i]].iov_len = longMessages[i].msg_len;
	}
	for (int at = 0, tries = 0; at < count;) {
		int done = sendmmsg(to->fd, messages + at, count - at, MSG_DONTWAIT);
		if (done > 0) { at += done; to->sent += done; tries = 0; continue; }
		if ((errno == ENOBUFS || errno == EAGAIN) && ++tries < TRIES) {
			for (int i = 0; i < 50 * tries; i++) __builtin_ia32_pause();
			continue;
		}
		to->refused++; at++; tries = 0;
	}
	for (int i = 0; i < count; i++) __atomic_store_n(&held[i]->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	from->received += count;
	return count;
}

int main(int c, char **v) {
	if (c < 3) { fprintf(stderr, "usage: bareforward DEV DEV [SLOT_BYTES [RING_MIB]]\n"); return 2; }
	unsigned slotBytes = c > 3 ? atoi(v[3]) : 1984, mebibytes = c > 4 ? atoi(v[4]) : 16;
	struct port ports[2];
	for (int i = 0; i < 2; i++) openPort(&ports[i], v[1 + i], slotBytes, mebibytes << 20);
	struct sigaction action = { .sa_handler = stop };
	sigaction(SIGTERM, &action, 0);
	sigaction(SIGINT, &action, 0);
	puts("READY");
	fflush(stdout);
	for (int idle = 0; !stopping;) {
		int handled = forward(&ports[0], &ports[1]) + forward(&ports[1], &ports[0]);
		if (handled) { idle = 0; continue; }
		if (++idle < SPINS) { for (int i = 0; i < 20; i++) __builtin_ia32_pause(); continue; }
		struct pollfd waits[2] = { { ports[0].fd, POLLIN, 0 }, { ports[1].fd, POLLIN, 0 } };
		poll(waits, 2, 100);
	}
	for (int i = 0; i < 2; i++) {
		struct tpacket_stats s;
		socklen_t length = sizeof s;
		getsockopt(ports[i].fd, SOL_PACKET, PACKET_STATISTICS, &s, &length);
		printf("%s: received %lu, sent %lu, refused %lu, lost %u\n",
			v[1 + i], ports[i].received, ports[i].sent, ports[i].refused, s.tp_drops);
	}
	return 0;
}
