// A network namespace of a test's own, with pairs of virtual interfaces in it; the kernel removes all of it when the process that
// holds it ends. Tests that need one are skipped with the reason where it is not allowed.

using System.Text.Json.Nodes;
using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed class NetworkNamespace : IDisposable
{
    private static readonly string[] AsOwner = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];

    private readonly Executable _holder;

    public NetworkNamespace()
    {
        Finished allowed = Executable.RunCommand(["unshare", .. AsOwner, "--net", "ip", "link", "show", "lo"]);
        Skip.If(allowed.ExitCode != 0, $"needs network namespaces: {allowed.Errors.Trim()}");
        _holder = Executable.Start(["unshare", .. AsOwner, "--net", "sh", "-c", "echo ready; exec sleep 600"]);
        _holder.WaitForLine("ready");
    }

    /// <summary>A command as it runs inside; the process that is started is the command itself.</summary>
    public string[] Inside(params string[] command)
    {
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--preserve-credentials"];
        return ["nsenter", "--target", $"{_holder.Id}", .. user, "--net", "--", .. command];
    }

    /// <summary>Runs a command inside, which must succeed; returns what it printed.</summary>
    public string Run(params string[] command) => Executable.RunCommand(Inside(command)).ShouldExit(0).Output;

    /// <summary>Makes two interfaces that are each other's cable, without addresses, and sets them up;
    /// both have their carrier when this returns.</summary>
    public void AddPair(string name, string otherEnd)
    {
        Run("ip", "link", "add", name, "type", "veth", "peer", "name", otherEnd);
        foreach (string end in new[] { name, otherEnd })
            Run("ip", "link", "set", end, "addrgenmode", "none", "up");
        // The kernel settles the carrier a moment after an interface is enabled.
        string[] ends = [$"{name}@", $"{otherEnd}@"];
        bool areUp = SpinWait.SpinUntil(
            () => Run("ip", "-brief", "link").Split('\n').Count(line => ends.Any(line.StartsWith)
                && line.Contains(" UP ", StringComparison.Ordinal)) == ends.Length,
            Executable.Patience);
        Assert.True(areUp, $"{name} and {otherEnd} got no carrier");
    }

    /// <summary>Sends one datagram out of an interface to a MAC that nobody has.</summary>
    public void SendFrom(string name)
    {
        Run("ip", "addr", "replace", "192.0.2.101/24", "dev", name);
        Run("ip", "neigh", "replace", "192.0.2.200", "lladdr", "02:00:00:00:02:00", "dev", name);
        Run("bash", "-c", "echo datagram >/dev/udp/192.0.2.200/9");
    }

    /// <summary>Frames that an interface has received.</summary>
    public long Received(string name) => (long)Link(name)["stats64"]!["rx"]!["packets"]!;

    public int Promiscuity(string name) => (int)Link(name)["promiscuity"]!;

    public void Dispose() => _holder.Dispose();

    private JsonNode Link(string name) =>
        JsonNode.Parse(Run("ip", "-json", "-statistics", "-details", "link", "show", name))![0]!;
}
