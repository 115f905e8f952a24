// The switch as a service: which capabilities it needs, measured by starting it with each of them alone. Raw sockets are what it cannot do
// without; CAP_NET_ADMIN is for the host port and for switching offloads off.

using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

[Collection(LiveCollection.Name)]
public sealed class RunAsServiceTests : TestFolder
{
    private const string Config = "sys / sessions 1024\nport 1 / intf port1 / server ena\nport 8 / intf port8 / client ena\n";

    [SkippableTheory]
    [InlineData("+net_raw,+net_admin,+bpf", true)]
    [InlineData("+net_raw,+net_admin", true)]
    [InlineData("+net_raw", true)]
    [InlineData("+net_admin", false)]
    public void It_runs_as_a_user_of_its_own_with_the_right_to_raw_sockets_and_not_without(string capabilities, bool runs)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root to become another user with chosen capabilities");
        using var place = new NetworkNamespace();
        place.AddPair("port1", "wire1");
        place.AddPair("port8", "wire8");
        string config = Write("switch.cfg", Config);
        File.SetUnixFileMode(Path.GetDirectoryName(config)!, (UnixFileMode)511);
        string[] asService =
        [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
            $"--inh-caps=-all,{capabilities}", $"--ambient-caps=-all,{capabilities}", $"--bounding-set=-all,{capabilities}",
        ];
        Finished readable = Executable.RunCommand([.. asService, .. Executable.Command, "check", config]);
        Skip.If(readable.ExitCode != 0, $"needs a tree that other users may read: {readable.Errors}");

        using Executable run = Executable.Start(
            place.Inside([.. asService, .. Executable.Command, "run", "-c", config, "--socket-dir", At("run")]));
        if (runs)
        {
            run.WaitForLine("READY\n");
            run.Signal("TERM");
        }

        Finished ended = run.WaitForEnd();
        ended.ShouldExit(runs ? 0 : 5);
        bool saysLoopsCarry = ended.Errors.Contains("the kernel carries no long connections");
        Assert.Equal(runs && !capabilities.Contains("bpf"), saysLoopsCarry);
    }
}
