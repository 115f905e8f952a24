// What a person asked a replay for. Made by ReplayCommand, carried out by ReplayRun.

namespace PacketSwitch.Commands;

/// <summary>The options of <c>packetswitch replay</c>.</summary>
internal sealed record ReplayRequest(
    string? File, string Config, string[] Inputs, string[] Outputs, string? Verdicts, bool Json, bool Offloads)
{
    private const int MostLoops = 1_000_000;

    /// <summary>Where the annotated capture goes.</summary>
    public string? Annotated { get; init; }

    /// <summary>What should leave the switch.</summary>
    public string? Expect { get; init; }

    /// <summary>Rewrite what is expected.</summary>
    public bool Bless { get; init; }

    public bool Stats { get; init; }

    /// <summary>How many replays are timed.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>What is wrong with the options together; null when nothing is.</summary>
    public string? Complaint
        => Bless && Expect is null ? "--bless needs --expect FILE"
            : Loops is < 1 or > MostLoops ? $"--loop {Loops} is not from 1 to {MostLoops:N0}"
            : Loops > 1 && !Stats ? "--loop needs --stats" : null;
}
