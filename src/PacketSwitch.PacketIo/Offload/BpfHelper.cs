// The kernel's functions that our programs call: their numbers in linux/bpf.h.

namespace PacketSwitch.PacketIo;

/// <summary>Numbers of eBPF helper functions.</summary>
internal enum BpfHelper
{
    MapLookup = 1,
    StoreBytes = 9,
    ReplaceNetworkChecksum = 10,
    ReplaceTransportChecksum = 11,
    Redirect = 23,
    LoadBytes = 26,
}
