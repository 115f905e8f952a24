// A filter in the language of tcpdump, as libpcap compiles it. Used by explain --filter, where
// libpcap runs it too, and by observe and capture, whose loops run the compiled instructions
// themselves.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using SharpPcap.LibPcap;

namespace PacketSwitch.Explain;

/// <summary>Matches frames; without an expression all of them.</summary>
internal sealed class FrameFilter : IDisposable
{
    // struct bpf_program and struct bpf_insn (pcap-bpf.h).
    private const int InstructionBytes = 8;
    private static readonly int InstructionsOffset = nint.Size;

    // pcap_compile of libpcap before 1.8 is for one thread at a time.
    private static readonly Lock Compiler = new();

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
            BpfProgram? program;
            lock (Compiler)
            {
                program = BpfProgram.TryCreate(PacketDotNet.LinkLayers.Ethernet, expression);
            }
            problem = program is null ? "no filter; for example: tcp port 80 and host 192.0.2.101"
                : null;
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

    /// <summary>The filter for a loop; null without an expression, and for one too long.</summary>
    public FrameProgram? ToProgram(out bool isTooLong)
    {
        isTooLong = false;
        if (_program is null)
        {
            return null;
        }
        nint header = _program.DangerousGetHandle();
        int count = Marshal.ReadInt32(header);
        nint first = Marshal.ReadIntPtr(header, InstructionsOffset);
        var code = new FilterInstruction[Math.Clamp(count, 0, Limits.FilterInstructions + 1)];
        for (int i = 0; i < code.Length; i++)
        {
            nint at = first + (i * InstructionBytes);
            code[i] = new FilterInstruction(
                (ushort)Marshal.ReadInt16(at), Marshal.ReadByte(at, 2), Marshal.ReadByte(at, 3),
                (uint)Marshal.ReadInt32(at, 4));
        }
        isTooLong = !FrameProgram.TryCreate(code, out FrameProgram? program);
        GC.KeepAlive(_program);
        return program;
    }

    public void Dispose() => _program?.Dispose();
}
