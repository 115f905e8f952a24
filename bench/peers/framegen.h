/* What framegen.c tells framegen.bpf.c. */
enum { FRAME_BYTES = 60 };

struct plan {
	unsigned char frame[64]; /* Ethernet, IPv4 and UDP without checksum */
	unsigned long long sent, flows;
	unsigned long long gapNs; /* between two frames; 0 for as fast as it goes */
	unsigned long long nextNs;
};
