// What identifies one direction of a session: addresses, ports, protocol, VLAN and the side of the switch it is
// seen on. Made by Classifier, stored in FlowEntry, compared as plain words.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The side of the switch on which a flow is seen.</summary>
public enum FlowSide : byte
{
    /// <summary>Frames from a client to a virtual service (or directly to a server).</summary>
    Client,

    /// <summary>Frames from a real server to a client.</summary>
    Server,
}

/// <summary>
/// One direction of a session: 16 bytes for IPv4, 40 for IPv6. Server-side keys carry VLAN 0: a real server
/// lives in one VLAN, which is learned after the session may have been opened.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowKey<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    public TAddress Source;
    public TAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;
    public ushort VlanId;
    public byte Protocol;
    public FlowSide Side;

    /// <summary>True when all fields are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(ref FlowKey<TAddress> left, ref FlowKey<TAddress> right)
    {
        ref byte l = ref Unsafe.As<FlowKey<TAddress>, byte>(ref left);
        ref byte r = ref Unsafe.As<FlowKey<TAddress>, byte>(ref right);
        ulong difference = Word(ref l, 0) ^ Word(ref r, 0);
        difference |= Word(ref l, 8) ^ Word(ref r, 8);
        if (Unsafe.SizeOf<FlowKey<TAddress>>() > 16)
        {
            difference |= Word(ref l, 16) ^ Word(ref r, 16);
            difference |= Word(ref l, 24) ^ Word(ref r, 24);
            difference |= Word(ref l, 32) ^ Word(ref r, 32);
        }
        return difference == 0;
    }

    /// <summary>A seeded hash of all fields but <see cref="Side"/>, so that both sides can be
    /// looked up with one. It differs from machine to machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ref FlowKey<TAddress> key, ulong seed)
        => Unsafe.SizeOf<FlowKey<TAddress>>() == 16 && Aes.IsSupported
            ? HashByCipher(ref key, seed)
            : HashByProduct(ref key, seed);

    // An IPv4 key is one block of AES (FIPS 197), which is quicker than products
    // (bench/results/engine.md). After two rounds each of its bytes has changed every byte, but keys
    // that differ in few bytes still crowd into the same buckets; a round takes three cycles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashByCipher(ref FlowKey<TAddress> key, ulong seed)
    {
        Vector128<byte> seeds = Vector128.Create(seed).AsByte();
        Vector128<byte> constants = Vector128.Create(Constant1, Constant2).AsByte();
        Vector128<byte> withoutSide = Vector128.Create(ulong.MaxValue, SideMask).AsByte();
        var block = Vector128.LoadUnsafe(ref Unsafe.As<FlowKey<TAddress>, byte>(ref key));
        block = Aes.Encrypt((block & withoutSide) ^ seeds, constants);
        block = Aes.Encrypt(block, seeds);
        return Aes.Encrypt(block, constants).AsUInt64().ToScalar();
    }

    // IPv6, and machines without AES.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong HashByProduct(ref FlowKey<TAddress> key, ulong seed)
    {
        ref byte k = ref Unsafe.As<FlowKey<TAddress>, byte>(ref key);
        ulong hash;
        if (Unsafe.SizeOf<FlowKey<TAddress>>() == 16)
        {
            hash = Mix(Word(ref k, 0) ^ seed, (Word(ref k, 8) & SideMask) ^ Constant1);
        }
        else
        {
            hash = Mix(Word(ref k, 0) ^ seed, Word(ref k, 8) ^ Constant1);
            hash = Mix(Word(ref k, 16) ^ hash, Word(ref k, 24) ^ Constant2);
            hash = Mix((Word(ref k, 32) & SideMask) ^ hash, Constant1);
        }
        return Mix(hash ^ Constant2, seed ^ Constant1);
    }

    // Side is the last byte of the last word; the fields are little-endian in memory on every platform .NET
    // runs on here, so it is the most significant byte.
    private const ulong SideMask = 0x00ff_ffff_ffff_ffff;
    private const ulong Constant1 = 0x9e37_79b9_7f4a_7c15;
    private const ulong Constant2 = 0xd6e8_feb8_6659_fd93;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, int offset)
        => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    // Folded 64x64-bit multiplication: every input bit reaches every output bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ BitOperations.RotateLeft(low, 32);
    }
}

/// <summary>
/// Sets the fields of a key by words, as they are hashed: a load waits for the end of all stores before it when only parts of
/// its word were stored, which costs every frame 20 to 30 ns.
/// </summary>
internal static class FlowKeyWords
{
    /// <summary>Sets both addresses, in host order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetAddresses(ref FlowKey<Ipv4Address> key, uint source, uint destination)
        => Word(ref key, 0) = source | ((ulong)destination << 32);

    /// <summary>Sets all of an IPv4 key; its VLAN is 0.</summary>
    /// <param name="key">The key.</param>
    /// <param name="headers">Sixteen bytes of a plain frame: time to live, protocol, header
    /// checksum, both addresses, both ports.</param>
    /// <param name="side">Where the frame was seen.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(ref FlowKey<Ipv4Address> key, Vector128<byte> headers, FlowSide side)
    {
        Vector128<byte> fields = Vector128.Shuffle(
            headers,
            Vector128.Create((byte)7, 6, 5, 4, 11, 10, 9, 8, 13, 12, 15, 14, 16, 16, 1, 16));
        Unsafe.As<FlowKey<Ipv4Address>, Vector128<byte>>(ref key) =
            fields | Vector128.Create(0, (ulong)side << 56).AsByte();
    }

    /// <summary>Sets everything but the addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetRest<TAddress>(
        ref FlowKey<TAddress> key, ushort sourcePort, ushort destinationPort, ushort vlan, byte protocol, FlowSide side)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => Word(ref key, Unsafe.SizeOf<FlowKey<TAddress>>() - sizeof(ulong)) =
            sourcePort | ((uint)destinationPort << 16) | ((ulong)vlan << 32) | ((ulong)protocol << 48)
            | ((ulong)side << 56);

    private static ref ulong Word<TAddress>(ref FlowKey<TAddress> key, int offset)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => ref Unsafe.As<byte, ulong>(
            ref Unsafe.Add(ref Unsafe.As<FlowKey<TAddress>, byte>(ref key), offset));
}
