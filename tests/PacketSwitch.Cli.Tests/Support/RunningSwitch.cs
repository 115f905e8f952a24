// A switch that runs in a namespace of its own, and the client commands that talk to it. Sockets are files: clients need not be inside.

using System.Net.Sockets;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed class RunningSwitch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(
                    AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Reading), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        File.WriteAllBytes(file, http.GetByteArrayAsync("http://switch" + path).Result);
    }

    public void Signal(string name) => _run.Signal(name);

    public void WaitForLine(string text) => _run.WaitForLine(text, Patience);

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
        Finished end = _run.WaitForEnd(Patience);
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
        run.WaitForLine("READY\n", Patience);
        return run;
    }
}
