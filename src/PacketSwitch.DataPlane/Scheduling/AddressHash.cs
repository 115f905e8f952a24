// The hashes by which clients are told apart: the same at every start and on every machine, so that clients come back to their server
// after a restart. Used by ServerPicker and the metrics.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Unseeded hashes of addresses.</summary>
public static class AddressHash
{
    private const ulong Golden = 0x9e37_79b9_7f4a_7c15;

    /// <summary>A hash of the first <paramref name="bits"/> bits of an address.</summary>
    public static ulong Of<TAddress>(TAddress address, int bits)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        ulong hash = Golden;
        for (int i = 0; i < TAddress.Length; i++)
        {
            int kept = Math.Clamp(bits - (8 * i), 0, 8);
            byte masked = (byte)(bytes[i] & (0xff00 >> kept));
            hash = (hash ^ masked) * 0x0000_0100_0000_01b3;
        }
        return Mix(hash);
    }

    /// <summary>A hash with a number added to it.</summary>
    public static ulong With(ulong hash, ulong number) => Mix(hash ^ ((number + 1) * Golden));

    /// <summary>The finalizer of SplitMix64: every bit of the input reaches every bit of the output.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
        value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
        return value ^ (value >> 31);
    }
}
