// The program at an interface's ingress, behind the packet sockets: a frame that FlowFilter has
// taken is given its new addresses, with the checksums adjusted as the kernel keeps them (finished
// or not), and sent on. Its bytes stay where they are. Every other frame goes its way.

namespace PacketSwitch.PacketIo;

/// <summary>Writes the program of the ingress.</summary>
internal static class FlowRewriter
{
    private const int Index = -4;

    // TCX_NEXT and TC_ACT_SHOT.
    private const int GoOn = -1;
    private const int Shot = 2;

    /// <summary>BPF_F_PSEUDO_HDR: the delta is one of the pseudo-header.</summary>
    private const int PseudoHeader = 0x10;

    private const int Ipv4Checksum = FlowHeaders.Network + 10;

    /// <summary>The program for these maps.</summary>
    public static BpfInstruction[] Write(in FlowMaps maps)
    {
        var code = new BpfBuilder();
        code.Set(Reg.R6, Reg.R1);
        code.Store(4, Reg.Stack, Index, 0);
        LookUp(code, maps.Decision);
        code.Load(4, Reg.R1, Reg.R0, 0);
        code.JumpIf(When.Equal, Reg.R1, 0, "next");
        code.Store(4, Reg.R0, 0, 0);
        code.AddTo(Reg.R1, -1);
        code.Store(4, Reg.Stack, Index, Reg.R1);
        LookUp(code, maps.Slots);
        code.Set(Reg.R9, Reg.R0);
        code.Load(4, Reg.R8, Reg.R9, FlowSlot.FlagsAt);
        code.Set(Reg.R0, Reg.R8);
        code.And(Reg.R0, (int)FlowSlot.RewritesAddresses);
        code.JumpIf(When.Equal, Reg.R0, 0, "macs");
        code.And(Reg.R8, (int)FlowSlot.IsV6);
        code.JumpIf(When.NotEqual, Reg.R8, 0, "ipv6");
        Replace(code, BpfHelper.ReplaceNetworkChecksum, Ipv4Checksum, FlowSlot.AddressDeltaAt, 0);
        Rewrite(code, FlowHeaders.V4);
        code.Jump("macs");
        code.Label("ipv6");
        Rewrite(code, FlowHeaders.V6);
        code.Label("macs");
        Put(code, 0, FlowSlot.NewMacsAt, 12);
        code.Load(4, Reg.R1, Reg.R9, FlowSlot.EgressAt);
        code.Set(Reg.R2, 0);
        code.Call(BpfHelper.Redirect);
        code.Exit();
        code.Label("failed");
        code.Set(Reg.R0, 1);
        code.AddAtomic(Reg.R9, FlowSlot.FailedAt, Reg.R0);
        code.Set(Reg.R0, Shot);
        code.Exit();
        code.Label("next");
        code.Set(Reg.R0, GoOn);
        code.Exit();
        return code.Build();
    }

    private static void Rewrite(BpfBuilder code, FlowHeaders at)
    {
        const BpfHelper Checksum = BpfHelper.ReplaceTransportChecksum;
        Replace(code, Checksum, at.Checksum, FlowSlot.AddressDeltaAt, PseudoHeader);
        Replace(code, Checksum, at.Checksum, FlowSlot.PortDeltaAt, 0);
        Put(code, at.Addresses, FlowSlot.NewHeaderAt, at.AddressBytes + 4);
    }

    // Nothing where nothing changes: the helper would make of 0xffff the other zero.
    private static void Replace(
        BpfBuilder code, BpfHelper helper, int checksum, int delta, int flags)
    {
        string same = $"same {checksum} {delta}";
        code.Load(4, Reg.R4, Reg.R9, delta);
        code.JumpIf(When.Equal, Reg.R4, 0, same);
        code.Set(Reg.R1, Reg.R6);
        code.Set(Reg.R2, checksum);
        code.Set(Reg.R3, 0);
        code.Set(Reg.R5, flags);
        code.Call(helper);
        code.JumpIf(When.NotEqual, Reg.R0, 0, "failed");
        code.Label(same);
    }

    private static void Put(BpfBuilder code, int offset, int from, int bytes)
    {
        code.Set(Reg.R1, Reg.R6);
        code.Set(Reg.R2, offset);
        code.Set(Reg.R3, Reg.R9);
        code.AddTo(Reg.R3, from);
        code.Set(Reg.R4, bytes);
        code.Set(Reg.R5, 0);
        code.Call(BpfHelper.StoreBytes);
        code.JumpIf(When.NotEqual, Reg.R0, 0, "failed");
    }

    private static void LookUp(BpfBuilder code, int map)
    {
        code.LoadMap(Reg.R1, map);
        code.Set(Reg.R2, Reg.Stack);
        code.AddTo(Reg.R2, Index);
        code.Call(BpfHelper.MapLookup);
        code.JumpIf(When.Equal, Reg.R0, 0, "next");
    }
}
