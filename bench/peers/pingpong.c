/* pingpong: round trips of 64 bytes over TCP, one at a time, and what stands at the other end of the other loads.
 * Used by figures.sh.
 *
 *   pingpong echo PORT              answers every connection, for ever
 *   pingpong sink PORT              takes UDP datagrams and reads none, so that nobody answers them
 *   pingpong ping ADDRESS PORT N GAP_US   N round trips, GAP_US apart; prints p50 and p99 in microseconds */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64, WARM_UP = 100 };

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static struct sockaddr_in at(const char *address, const char *port) {
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	if (inet_pton(AF_INET, address, &a.sin_addr) != 1) fail(address);
	return a;
}

static void *answer(void *argument) {
	int fd = (int)(long)argument, one = 1;
	char bytes[BYTES];
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
		if (write(fd, bytes, n) != n) break;
	close(fd);
	return 0;
}

_Noreturn static void echo(const char *port) {
	struct sockaddr_in a = at("0.0.0.0", port);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (void *)&a, sizeof a) || listen(fd, 1024)) fail("listen");
	for (;;) {
		pthread_t thread;
		int accepted = accept(fd, 0, 0);
		if (accepted >= 0 && !pthread_create(&thread, 0, answer, (void *)(long)accepted)) pthread_detach(thread);
	}
}

_Noreturn static void sink(const char *port) {
	struct sockaddr_in a = at("0.0.0.0", port);
	int least = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
	if (bind(fd, (void *)&a, sizeof a)) fail("bind");
	for (;;) pause();
}

static int byValue(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static int ping(char **v) {
	struct sockaddr_in a = at(v[0], v[1]);
	int count = atoi(v[2]), gap = atoi(v[3]), one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval patience = { .tv_sec = 5 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (void *)&a, sizeof a)) fail("connect");
	double *took = calloc(count, sizeof *took);
	char bytes[BYTES] = { 0 };
	for (int i = -WARM_UP; i < count; i++) {
		double start = now();
		if (write(fd, bytes, BYTES) != BYTES) fail("write");
		for (int got = 0, n; got < BYTES; got += n)
			if ((n = read(fd, bytes, BYTES - got)) <= 0) fail("read");
		if (i >= 0) took[i] = now() - start;
		usleep(gap);
	}
	qsort(took, count, sizeof *took, byValue);
	printf("%.1f %.1f\n", took[count / 2], took[count * 99 / 100]);
	return 0;
}

int main(int c, char **v) {
	if (c == 3 && !strcmp(v[1], "echo")) echo(v[2]);
	if (c == 3 && !strcmp(v[1], "sink")) sink(v[2]);
	if (c == 6 && !strcmp(v[1], "ping")) return ping(v + 2);
	fprintf(stderr, "usage: pingpong echo PORT | sink PORT | ping ADDRESS PORT N GAP_US\n");
	return 2;
}
