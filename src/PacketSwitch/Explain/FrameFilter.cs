// A filter in the language of tcpdump, as libpcap compiles it. Used by explain --filter, where
// libpcap runs it too, and by observe and capture, whose loops run the compiled instructions
// themselves.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using PacketSwitch.DataPlane;
using SharpPcap.LibPcap;

namespace PacketSwitch.Explain;

/// <summary>Matches frames; without an expression all of them.</summary>
internal sealed partial class FrameFilter : IDisposable
{
    // struct bpf_program and struct bpf_insn (pcap-bpf.h).
    private const int InstructionBytes = 8;
    private static readonly int InstructionsOffset = nint.Size;

    // The compiler's time grows with more than the square of the terms: minutes for a thousand.
    // What these let through takes it a second or two at most.
    private const int MostCharacters = 4096;
    private const int MostWords = 256;
    private const int MostBeforeOptimizing = 10_000;
    private const int LongestShown = 60;

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
        problem = Excess(expression);
        if (problem is not null)
        {
            return false;
        }
        try
        {
            BpfProgram? program;
            lock (Compiler)
            {
                program = Compile(expression, out problem);
            }
            filter = program is null ? null : new FrameFilter(program);
            return program is not null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            problem = "filters need libpcap, which is not here: apt-get install libpcap0.8";
            return false;
        }
    }

    /// <summary>What makes an expression too long to be compiled; null when nothing
    /// does.</summary>
    public static string? Excess(string expression)
    {
        if (expression.Length > MostCharacters)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"it has {expression.Length:N0} characters; "
                + $"at most {MostCharacters:N0} are taken");
        }
        int words = Word().Matches(expression).Count(word => word.Value is not ("and" or "or"));
        return words <= MostWords ? null
            : string.Create(CultureInfo.InvariantCulture, $"it has {words:N0} words; "
                + $"at most {MostWords} are taken, not counting and, or");
    }

    /// <summary>An expression as a complaint quotes it.</summary>
    public static string Shown(string expression)
        => expression.Length > LongestShown ? expression[..LongestShown] + "..." : expression;

    // First without the optimizer, which is quick and tells how long it would work.
    private static BpfProgram? Compile(string expression, out string? problem)
    {
        using BpfProgram? plain = Compile(expression, optimize: 0);
        int length = plain is null ? 0 : Marshal.ReadInt32(plain.DangerousGetHandle());
        problem = plain is null ? "no filter; for example: tcp port 80 and host 192.0.2.101"
            : length > MostBeforeOptimizing
                ? string.Create(CultureInfo.InvariantCulture,
                    $"it makes {length:N0} instructions; at most {MostBeforeOptimizing:N0} "
                    + $"are taken: name fewer hosts or ports")
            : null;
        return problem is null ? Compile(expression, optimize: 1) : null;
    }

    private static BpfProgram? Compile(string expression, int optimize)
        => BpfProgram.TryCreate(PacketDotNet.LinkLayers.Ethernet, expression, optimize);

    [GeneratedRegex(@"[\w.:/-]+")]
    private static partial Regex Word();

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
