// The capture that README and lessons explain: three clients, five connections to one VIP, made here and committed in captures/. The
// committed file is held to be what this makes; with PACKETSWITCH_BLESS=1 it is written.

using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal static class ThreeClients
{
    public const string Vip = "192.0.2.2:80";

    public const int Connections = 5;

    /// <summary>The committed capture, its configuration, and what leaves the switch.</summary>
    public static string Capture { get; } = At("three-clients.pcap");
    public static string Config { get; } = At("three-clients.cfg");
    public static string Expected { get; } = At("three-clients.out.pcap");

    public static bool IsBlessing => Environment.GetEnvironmentVariable("PACKETSWITCH_BLESS") == "1";

    /// <summary>The frames, in the order of their times.</summary>
    public static Stamped[] Frames()
    {
        string[] clients = ["192.0.2.101:41022", "192.0.2.102:39080", "192.0.2.103:50112", "192.0.2.101:41024", "192.0.2.102:39082"];
        return [.. clients.SelectMany((client, i) => new Conversation(client, Vip).Wait(i * 0.0105)
            .Handshake().Exchange($"GET /{i}", $"200 OK {i}").Goodbye().Frames).OrderBy(frame => frame.TimeNs)];
    }

    /// <summary>Holds a committed file to what it should be.</summary>
    public static void Hold(string path, byte[] made)
    {
        if (IsBlessing)
            File.WriteAllBytes(path, made);
        Assert.True(
            File.ReadAllBytes(path).AsSpan().SequenceEqual(made),
            $"{path} is not what its maker makes; if the new one is right: PACKETSWITCH_BLESS=1");
    }

    private static string At(string name) => Path.Combine(Surroundings.Repository, "captures", name);
}
