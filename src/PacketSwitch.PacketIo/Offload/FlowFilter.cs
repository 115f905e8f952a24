// The program on a ring's socket: decides of each frame whether it is the kernel's or the loops'.
// It runs before FlowRewriter sees the same frame on the same processor, which nothing else does in
// between; what it decides it leaves in the processor's own decision, so both always agree, and a
// frame is never handled twice or by nobody.
//
// The kernel's are the TCP frames without SYN, FIN or RST of a direction that has a slot, if they
// are as long as its egress takes, untagged, whole and without IP options. While a direction is
// pending its frames stay the loops' until one comes that begins where the loops have sent to:
// then nothing of it is left in a ring, and that frame and all later ones are the kernel's. So no
// frame overtakes another.

namespace PacketSwitch.PacketIo;

/// <summary>Writes the socket filter.</summary>
internal static class FlowFilter
{
    // struct __sk_buff.
    private const int Length = 0, Protocol = 16, VlanPresent = 20, Interface = 40;
    private const int SegmentSize = 176;

    // On the stack: the frame's headers so that the words of TCP and IPv4 are aligned, below them
    // the key, above them the number of a map's element.
    private const int Frame = -98;
    private const int Key = -144;
    private const int Index = -4;

    private const int TcpProtocol = 6;
    private const int SynFinRst = 0x07;
    private const int Ack = 0x10;

    /// <summary>The program for these maps.</summary>
    public static BpfInstruction[] Write(in FlowMaps maps)
    {
        var code = new BpfBuilder();
        code.Set(Reg.R6, Reg.R1);
        code.Store(4, Reg.Stack, Index, 0);
        LookUp(code, maps.Decision, Index);
        code.Set(Reg.R7, Reg.R0);
        code.Store(4, Reg.R7, 0, 0);
        code.Load(4, Reg.R0, Reg.R6, VlanPresent);
        code.JumpIf(When.NotEqual, Reg.R0, 0, "loops");
        code.Load(4, Reg.R0, Reg.R6, Protocol);
        code.SwapFromNetwork(Reg.R0, 16);
        code.JumpIf(When.Equal, Reg.R0, FlowHeaders.V6.EtherType, "ipv6");
        code.JumpIf(When.NotEqual, Reg.R0, FlowHeaders.V4.EtherType, "loops");
        WriteFamily(code, FlowHeaders.V4, maps.Keys4, maps.Slots);
        code.Label("ipv6");
        WriteFamily(code, FlowHeaders.V6, maps.Keys6, maps.Slots);
        code.Label("loops");
        code.Set(Reg.R0, -1);
        code.Exit();
        return code.Build();
    }

    private static void WriteFamily(BpfBuilder code, FlowHeaders at, int keys, int slots)
    {
        Fetch(code, at);
        CheckNetwork(code, at);
        CheckTransport(code, at);
        MakeKey(code, at);
        LookUp(code, keys, Key);
        code.Load(4, Reg.R1, Reg.R0, 0);
        code.Store(4, Reg.Stack, Index, Reg.R1);
        LookUp(code, slots, Index);
        code.Set(Reg.R9, Reg.R0);
        CheckSlot(code, at);
        CheckOrder(code, at);
        Count(code, at);
        code.Load(4, Reg.R1, Reg.Stack, Index);
        code.AddTo(Reg.R1, 1);
        code.Store(4, Reg.R7, 0, Reg.R1);
        code.Set(Reg.R0, 0);
        code.Exit();
    }

    private static void Fetch(BpfBuilder code, FlowHeaders at)
    {
        code.Set(Reg.R1, Reg.R6);
        code.Set(Reg.R2, 0);
        code.Set(Reg.R3, Reg.Stack);
        code.AddTo(Reg.R3, Frame);
        code.Set(Reg.R4, at.Bytes);
        code.Call(BpfHelper.LoadBytes);
        code.JumpIf(When.NotEqual, Reg.R0, 0, "loops");
        // To a station, not to a group.
        Read(code, 1, Reg.R0, 0);
        code.JumpIf(When.AnyBitOf, Reg.R0, 1, "loops");
    }

    // Leaves in R8 the bytes from the TCP header on.
    private static void CheckNetwork(BpfBuilder code, FlowHeaders at)
    {
        const int Version4 = 0x45, MoreOrOffset = 0x3fff;
        if (at.IsV6)
        {
            Read(code, 1, Reg.R0, FlowHeaders.Network);
            code.ShiftRight(Reg.R0, 4);
            code.JumpIf(When.NotEqual, Reg.R0, 6, "loops");
            Read(code, 1, Reg.R0, FlowHeaders.Network + 6);
            code.JumpIf(When.NotEqual, Reg.R0, TcpProtocol, "loops");
            ReadNetwork(code, 2, Reg.R8, FlowHeaders.Network + 4);
            code.Set(Reg.R1, Reg.R8);
            code.AddTo(Reg.R1, at.Transport);
        }
        else
        {
            Read(code, 1, Reg.R0, FlowHeaders.Network);
            code.JumpIf(When.NotEqual, Reg.R0, Version4, "loops");
            ReadNetwork(code, 2, Reg.R0, FlowHeaders.Network + 6);
            code.JumpIf(When.AnyBitOf, Reg.R0, MoreOrOffset, "loops");
            Read(code, 1, Reg.R0, FlowHeaders.Network + 9);
            code.JumpIf(When.NotEqual, Reg.R0, TcpProtocol, "loops");
            ReadNetwork(code, 2, Reg.R8, FlowHeaders.Network + 2);
            code.Set(Reg.R1, Reg.R8);
            code.AddTo(Reg.R1, FlowHeaders.Network);
            code.JumpIf(When.Below, Reg.R8, at.IpBytes, "loops");
            code.AddTo(Reg.R8, -at.IpBytes);
        }
        code.Load(4, Reg.R2, Reg.R6, Length);
        code.JumpIf(When.Above, Reg.R1, Reg.R2, "loops");
    }

    // Leaves in R8 the bytes of the payload.
    private static void CheckTransport(BpfBuilder code, FlowHeaders at)
    {
        Read(code, 1, Reg.R0, at.Flags);
        code.JumpIf(When.AnyBitOf, Reg.R0, SynFinRst, "loops");
        code.And(Reg.R0, Ack);
        code.JumpIf(When.Equal, Reg.R0, 0, "loops");
        ReadHeaderBytes(code, at);
        code.JumpIf(When.Below, Reg.R0, FlowHeaders.TcpBytes, "loops");
        code.JumpIf(When.Below, Reg.R8, Reg.R0, "loops");
        code.Subtract(Reg.R8, Reg.R0);
    }

    private static void ReadHeaderBytes(BpfBuilder code, FlowHeaders at)
    {
        Read(code, 1, Reg.R0, at.DataOffset);
        code.ShiftRight(Reg.R0, 4);
        code.ShiftLeft(Reg.R0, 2);
    }

    private static void MakeKey(BpfBuilder code, FlowHeaders at)
    {
        const int Word = 4;
        int to = Key;
        for (int from = at.Addresses; from < at.Transport + Word; from += Word, to += Word)
        {
            Read(code, Word, Reg.R0, from);
            code.Store(Word, Reg.Stack, to, Reg.R0);
        }
        code.Load(Word, Reg.R0, Reg.R6, Interface);
        code.Store(Word, Reg.Stack, to, Reg.R0);
    }

    // The key too: an element of the hash may just have been given to another flow.
    private static void CheckSlot(BpfBuilder code, FlowHeaders at)
    {
        string sender = "sender" + at.KeyBytes, whole = "whole" + at.KeyBytes;
        string fits = "fits" + at.KeyBytes;
        for (int i = 0; i < at.KeyBytes; i += 8)
        {
            code.Load(8, Reg.R0, Reg.R9, FlowSlot.KeyAt + i);
            code.Load(8, Reg.R1, Reg.Stack, Key + i);
            code.JumpIf(When.NotEqual, Reg.R0, Reg.R1, "loops");
        }
        code.Load(4, Reg.R0, Reg.R9, FlowSlot.FlagsAt);
        code.And(Reg.R0, (int)FlowSlot.ChecksSourceMac);
        code.JumpIf(When.Equal, Reg.R0, 0, sender);
        code.Load(4, Reg.R0, Reg.R9, FlowSlot.SourceMacAt);
        Read(code, 4, Reg.R1, 6);
        code.JumpIf(When.NotEqual, Reg.R0, Reg.R1, "loops");
        code.Load(2, Reg.R0, Reg.R9, FlowSlot.SourceMacAt + 4);
        Read(code, 2, Reg.R1, 10);
        code.JumpIf(When.NotEqual, Reg.R0, Reg.R1, "loops");
        code.Label(sender);
        code.Load(4, Reg.R2, Reg.R9, FlowSlot.MaxFrameAt);
        code.Load(4, Reg.R1, Reg.R6, SegmentSize);
        code.JumpIf(When.Equal, Reg.R1, 0, whole);
        ReadHeaderBytes(code, at);
        code.AddTo(Reg.R1, Reg.R0);
        code.AddTo(Reg.R1, at.Transport);
        code.JumpIf(When.Above, Reg.R1, Reg.R2, "loops");
        code.Jump(fits);
        code.Label(whole);
        code.Load(4, Reg.R1, Reg.R6, Length);
        code.JumpIf(When.Above, Reg.R1, Reg.R2, "loops");
        code.Label(fits);
    }

    private static void CheckOrder(BpfBuilder code, FlowHeaders at)
    {
        string active = "active" + at.KeyBytes;
        code.Load(4, Reg.R0, Reg.R9, FlowSlot.StateAt);
        code.JumpIf(When.Equal, Reg.R0, (int)FlowSlot.Active, active);
        code.JumpIf(When.NotEqual, Reg.R0, (int)FlowSlot.Pending, "loops");
        ReadNetwork(code, 4, Reg.R0, at.Sequence);
        code.Load(4, Reg.R1, Reg.R9, FlowSlot.SentEndAt);
        code.JumpIf(When.NotEqual, Reg.R0, Reg.R1, "loops");
        code.Store(4, Reg.R9, FlowSlot.StateAt, (int)FlowSlot.Active);
        code.Label(active);
    }

    private static void Count(BpfBuilder code, FlowHeaders at)
    {
        string old = "old" + at.KeyBytes, unheard = "unheard" + at.KeyBytes;
        code.Set(Reg.R0, 1);
        code.AddAtomic(Reg.R9, FlowSlot.FramesAt, Reg.R0);
        code.Load(4, Reg.R0, Reg.R6, Length);
        code.AddAtomic(Reg.R9, FlowSlot.BytesAt, Reg.R0);
        ReadNetwork(code, 4, Reg.R0, at.Sequence);
        code.Add32(Reg.R0, Reg.R8);
        code.Load(4, Reg.R1, Reg.R9, FlowSlot.SequenceEndAt);
        code.Set(Reg.R2, Reg.R0);
        code.Subtract32(Reg.R2, Reg.R1);
        code.JumpIf(When.NotPositive32, Reg.R2, 0, old);
        code.Store(4, Reg.R9, FlowSlot.SequenceEndAt, Reg.R0);
        code.Label(old);
        ReadNetwork(code, 4, Reg.R0, at.Acknowledgement);
        code.Load(4, Reg.R1, Reg.R9, FlowSlot.AcknowledgedAt);
        code.Set(Reg.R2, Reg.R0);
        code.Subtract32(Reg.R2, Reg.R1);
        code.JumpIf(When.Negative32, Reg.R2, 0, unheard);
        code.Store(4, Reg.R9, FlowSlot.AcknowledgedAt, Reg.R0);
        ReadNetwork(code, 2, Reg.R0, at.Window);
        code.Store(4, Reg.R9, FlowSlot.WindowAt, Reg.R0);
        code.Label(unheard);
    }

    private static void LookUp(BpfBuilder code, int map, int key)
    {
        code.LoadMap(Reg.R1, map);
        code.Set(Reg.R2, Reg.Stack);
        code.AddTo(Reg.R2, key);
        code.Call(BpfHelper.MapLookup);
        code.JumpIf(When.Equal, Reg.R0, 0, "loops");
    }

    private static void Read(BpfBuilder code, int bytes, Reg to, int offset) =>
        code.Load(bytes, to, Reg.Stack, Frame + offset);

    private static void ReadNetwork(BpfBuilder code, int bytes, Reg to, int offset)
    {
        Read(code, bytes, to, offset);
        code.SwapFromNetwork(to, 8 * bytes);
    }
}
