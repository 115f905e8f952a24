// Which frames a watch wants, as a loop can judge it at once: a compiled filter of the bytes, and
// masks for what is known only after the decision. Immutable; made where a request is read.

using System.Numerics;

namespace PacketSwitch.DataPlane;

/// <summary>What a watch wants to see; everything, when nothing is said.</summary>
public sealed record WatchRule
{
    /// <summary>All verdicts by which a frame ends.</summary>
    public const int AllVerdicts =
        (1 << (int)Verdict.Transmit) | (1 << (int)Verdict.Punt) | (1 << (int)Verdict.Drop);

    /// <summary>Matches the bytes as received; null matches every frame.</summary>
    public FrameProgram? Program { get; init; }

    /// <summary>The ports, by index, where frames come in, and the switch's own go out.</summary>
    public ulong Ports { get; init; } = ulong.MaxValue;

    /// <summary>The verdicts, a bit each.</summary>
    public int Verdicts { get; init; } = AllVerdicts;

    /// <summary>The reasons, a bit each, of frames that pass and of those that do not.</summary>
    public ulong Passes { get; init; } = ulong.MaxValue;
    public ulong Drops { get; init; } = ulong.MaxValue;

    /// <summary>Only frames of these real servers; none named means all frames.</summary>
    public ushort[] Reals { get; init; } = [];

    /// <summary>Not those of these.</summary>
    public ushort[] NotReals { get; init; } = [];

    /// <summary>Frames that the switch makes itself too.</summary>
    public bool Originated { get; init; } = true;

    /// <summary>Bytes kept of a frame.</summary>
    public int SnapBytes { get; init; } = Limits.WatchHeaderBytes;

    /// <summary>Frames a second, of each loop.</summary>
    public int PerSecond { get; init; } = 1_000;

    /// <summary>Frames that pass are wanted as a sample only: those that are carried below the
    /// loops need not pass through them for it.</summary>
    public bool IsSample { get; init; }

    /// <summary>True when every frame that passes must be seen by the loops.</summary>
    internal bool WantsPassing => !IsSample && (Verdicts >> (int)Verdict.Transmit & 1) != 0;

    /// <summary>True when every frame that the filter matches is wanted.</summary>
    internal bool IsOpen => Verdicts == AllVerdicts && IsByVerdict;

    /// <summary>True when the verdict alone says whether a frame is wanted.</summary>
    internal bool IsByVerdict => Passes == ulong.MaxValue && Drops == ulong.MaxValue
        && Reals.Length + NotReals.Length == 0;

    /// <summary>True when no verdict at all is wanted: only the switch's own frames are.</summary>
    internal bool IsOnlyOriginated => Verdicts == 0;

    /// <summary>Slots of a loop's ring, for the memory a watch may take.</summary>
    internal int Slots => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(
        Limits.WatchBytes / SnapBytes / 2, Limits.WatchLeastSlots, Limits.WatchMostSlots));

    /// <summary>True when a frame that has ended so is wanted.</summary>
    public bool Accepts(in FrameInfo info)
    {
        ulong reason = info.Verdict == Verdict.Drop
            ? Drops >> (int)info.Drop : Passes >> (int)info.Pass;
        return (Verdicts >> (int)info.Verdict & 1) != 0 && (reason & 1) != 0
            && (Reals.Length == 0 || Reals.AsSpan().Contains(info.Real))
            && !NotReals.AsSpan().Contains(info.Real);
    }
}
