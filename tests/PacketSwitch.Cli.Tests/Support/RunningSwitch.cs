// A switch that runs in a namespace of its own, and the client commands that talk to it. Sockets are files: clients need not be inside.

using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed class RunningSwitch : IDisposable
{
    private readonly NetworkNamespace _place;
    private readonly string _folder;
    private Executable _run;

    /// <summary>Starts it with interfaces port1, port2, port8 and the configuration in a file of its own.</summary>
    public RunningSwitch(string config)
    {
        _place = new NetworkNamespace();
        _folder = Directory.CreateTempSubdirectory("packetswitch-run-").FullName;
        foreach (int port in new[] { 1, 2, 8 })
            _place.AddPair($"port{port}", $"wire{port}");
        File.WriteAllText(ConfigFile, config);
        _run = Start();
    }

    public string ConfigFile => Path.Combine(_folder, "switch.cfg");

    public string Sockets => Path.Combine(_folder, "run");

    public string Errors => _run.Errors;

    /// <summary>Runs a client command.</summary>
    public Finished Client(params string[] arguments) => Executable.Run([.. arguments, "--socket", Sockets]);

    /// <summary>The same by the reader's socket.</summary>
    public Finished Reader(params string[] arguments)
        => Executable.Run([.. arguments, "--socket", Path.Combine(Sockets, "ro.sock")]);

    public Finished ClientWithInput(string input, params string[] arguments)
        => Executable.RunWithInput(input, [.. arguments, "--socket", Sockets]);

    /// <summary>The reader's socket.</summary>
    public string Reading => Path.Combine(Sockets, "ro.sock");

    /// <summary>Sends datagrams in at port 8, to a MAC that nobody has.</summary>
    public void Send(int count)
    {
        for (int i = 0; i < count; i++)
            _place.SendFrom("wire8");
    }

    /// <summary>Gets something from the reader's socket into a file.</summary>
    public void Download(string path, string file)
    {
        using HttpClient http = Http();
        File.WriteAllBytes(file, http.GetByteArrayAsync(path).GetAwaiter().GetResult());
    }

    /// <summary>A client of the reader's socket.</summary>
    public HttpClient Http() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(
                AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(
                new UnixDomainSocketEndPoint(Path.Combine(Sockets, "ro.sock")), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://packetswitch/") };

    /// <summary>What Prometheus would read.</summary>
    public string Metrics()
    {
        using HttpClient http = Http();
        return http.GetStringAsync("metrics").GetAwaiter().GetResult();
    }

    private int Sessions() => int.Parse(
        Regex.Match(Metrics(), @"(?m)^packetswitch_sessions (\d+)$").Groups[1].Value,
        CultureInfo.InvariantCulture);

    /// <summary>Sends a datagram of a client behind the other end of a port.</summary>
    public void SendDatagram(string wire, string client, string to, int port)
        => SendDatagrams(wire, [client], to, port);

    /// <summary>The same of several clients, one after the other. Each is to open a session; they
    /// are there when this returns.</summary>
    public void SendDatagrams(string wire, string[] clients, string to, int port)
    {
        int before = Sessions();
        SendWithoutSessions(wire, clients, to, port);
        int opened = 0;
        bool areThere = SpinWait.SpinUntil(
            () => (opened = Sessions() - before) >= clients.Length, Executable.Patience);
        Assert.True(areThere, $"{opened} sessions of {clients.Length} were opened");
    }

    /// <summary>The same where none is opened.</summary>
    public void SendWithoutSessions(string wire, string[] clients, string to, int port)
        => _place.Run("bash", "-c", $"""
            for client in {string.Join(' ', clients)}; do
                ip addr flush dev {wire} && ip addr add $client/24 dev {wire} || exit 1
                echo datagram >/dev/udp/{to}/{port} || exit 1
                # It leaves when the switch has answered the question for its MAC.
                SECONDS=0
                until neighbor=$(ip neigh show {to} dev {wire}); [[ $neighbor = *lladdr* ]]; do
                    # The kernel asks three times and then drops the datagram.
                    [[ $neighbor != *FAILED* ]] || echo datagram >/dev/udp/{to}/{port}
                    [ $SECONDS -lt {Executable.Patience.TotalSeconds} ] || exit 1
                done
            done
            """);

    public void Signal(string name) => _run.Signal(name);

    public void WaitForLine(string text) => _run.WaitForLine(text);

    /// <summary>Ends it and starts it again with the file as it is now.</summary>
    public void Restart()
    {
        Stop();
        _run = Start();
    }

    /// <summary>Ends it as a service manager does.</summary>
    public Finished Stop()
    {
        _run.Signal("TERM");
        Finished end = _run.WaitForEnd();
        _run.Dispose();
        return end.ShouldExit(0);
    }

    public void Dispose()
    {
        _run.Dispose();
        _place.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Executable Start()
    {
        Executable run = Executable.Start(
            _place.Inside([.. Executable.Command, "run", "-c", ConfigFile, "--socket-dir", Sockets]));
        run.WaitForLine("READY\n");
        return run;
    }
}
