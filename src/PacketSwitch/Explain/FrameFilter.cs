// A filter in the language of tcpdump, as libpcap compiles and runs it. Used by explain --filter.

using SharpPcap.LibPcap;

namespace PacketSwitch.Explain;

/// <summary>Matches frames; without an expression all of them.</summary>
internal sealed class FrameFilter : IDisposable
{
    private readonly BpfProgram? _program;

    private FrameFilter(BpfProgram? program) => _program = program;

    /// <summary>Compiles an expression; false with what is wrong with it.</summary>
    public static bool TryParse(string? expression, out FrameFilter? filter, out string? problem)
    {
        filter = null;
        problem = null;
        if (expression is null)
        {
            filter = new FrameFilter(null);
            return true;
        }
        try
        {
            BpfProgram? program = BpfProgram.TryCreate(PacketDotNet.LinkLayers.Ethernet, expression);
            problem = program is null ? "no filter; for example: tcp port 80 and host 192.0.2.101" : null;
            filter = program is null ? null : new FrameFilter(program);
            return program is not null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            problem = "filters need libpcap, which is not here: apt-get install libpcap0.8";
            return false;
        }
    }

    public bool Matches(byte[] frame) => _program is null || _program.Matches(frame);

    public void Dispose() => _program?.Dispose();
}
