// Opens interfaces through SharpPcap: how long a frame may be there, and how large the buffer is (ARCHITECTURE
// section 7). Used by LiveInterface for LivePort.

namespace PacketSwitch.PacketIo;

/// <summary>The backend of <see cref="LivePort"/>.</summary>
internal sealed class PcapBackend : PortBackend
{
    public static readonly PcapBackend Instance = new();

    public override bool KeepsGro => false;

    public override PortProblem? Check() =>
        LibPcapLibrary.IsAvailable(out PortProblem? problem) ? null : problem;

    public override PortHandle? Open(
        LivePortOptions options, in InterfaceState state, bool mayBeGlued, out string? why)
    {
        bool isPlain = !mayBeGlued && LeastSnapBytes(state.Mtu) <= IoLimits.PlainSnapBytes;
        int snapBytes = isPlain ? IoLimits.PlainSnapBytes : IoLimits.SuperFrameSnapBytes;
        int bufferBytes = isPlain ? IoLimits.PlainBufferBytes : IoLimits.SuperFrameBufferBytes;
        return PcapHandle.Open(
            options.InterfaceName,
            state.Index,
            options.SnapBytes > 0 ? options.SnapBytes : snapBytes,
            options.BufferBytes > 0 ? options.BufferBytes : bufferBytes,
            out why);
    }

    public override bool IsOutgrown(
        PortHandle handle, LivePortOptions options, in InterfaceState state) =>
        options.SnapBytes == 0 && ((PcapHandle)handle).SnapBytes < LeastSnapBytes(state.Mtu);

    private static int LeastSnapBytes(int mtu)
    {
        int frame = mtu + IoLimits.EthernetHeaderBytes + (2 * IoLimits.VlanTagBytes);
        return Math.Min(frame, IoLimits.SuperFrameSnapBytes);
    }
}
