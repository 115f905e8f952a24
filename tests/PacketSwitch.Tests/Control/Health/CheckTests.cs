// Each check against a real socket of this machine: what it says of a server that is well, that refuses, that is silent, and that talks
// nonsense.

using System.Net;
using System.Net.Sockets;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Health;

[Collection(MachineCollection.Name)]
public sealed class CheckTests
{
    [Fact]
    public async Task A_tcp_check_ends_with_fin_and_not_with_rst()
    {
        using var server = new TestServer(async connection =>
        {
            // The banner would be unread data at the other end: a careless close answers it with RST.
            await connection.SendAsync("SSH-2.0-test\r\n"u8.ToArray());
            int read = await connection.ReceiveAsync(new byte[10]);
            return $"read {read}";
        });

        CheckAnswer answer = await Check(HealthCheckKind.Tcp, server.Port);

        Assert.Equal(new CheckAnswer(HealthStatus.L4OK), answer);
        Assert.Equal("read 0", await server.Outcome);
    }

    [Theory]
    [InlineData(HealthCheckKind.Tcp)]
    [InlineData(HealthCheckKind.Tls)]
    [InlineData(HealthCheckKind.Http)]
    public async Task A_closed_port_is_refused(HealthCheckKind kind)
    {
        // Held and not listened at: nobody else can get it meanwhile.
        using Socket held = Bound(SocketType.Stream, ProtocolType.Tcp);

        Assert.Equal(new CheckAnswer(HealthStatus.L4CON, "refused"), await Check(kind, PortOf(held)));
    }

    [Theory]
    [InlineData(HealthCheckKind.Http, HealthStatus.L7TOUT)]
    [InlineData(HealthCheckKind.Tls, HealthStatus.L6TOUT)]
    public async Task A_server_that_says_nothing_is_given_up(HealthCheckKind kind, HealthStatus expected)
    {
        // The time is up once the server has heard the question, however long that took.
        using var timeIsUp = new CancellationTokenSource();
        using var server = new TestServer(async connection =>
        {
            while (await connection.ReceiveAsync(new byte[1000]) > 0)
            {
                timeIsUp.Cancel();
            }
            return "";
        });

        CheckAnswer answer = await Check(kind, server.Port, timeIsUp.Token);

        Assert.Equal(expected, answer.Status);
    }

    [Theory]
    [InlineData("/", "HTTP/1.1 200 OK\r\n\r\n", HealthStatus.L7OK, "status 200")]
    [InlineData("/", "HTTP/1.0 301 Moved\r\n\r\n", HealthStatus.L7OK, "status 301")]
    [InlineData("/", "HTTP/1.1 503 Busy\r\n\r\n", HealthStatus.L7STS, "status 503")]
    [InlineData("/down 503", "HTTP/1.1 503 Busy\r\n\r\n", HealthStatus.L7OK, "status 503")]
    [InlineData("/health 204", "HTTP/1.1 200 OK\r\n\r\n", HealthStatus.L7STS, "status 200, not 204")]
    [InlineData("/", "SSH-2.0-x\r\n", HealthStatus.L7RSP, "no HTTP answer")]
    [InlineData("/", "", HealthStatus.L7RSP, "closed without an answer")]
    public async Task Http_looks_at_the_status(string content, string says, HealthStatus status, string detail)
    {
        using var server = new TestServer(async connection =>
        {
            byte[] request = new byte[1000];
            int length = await connection.ReceiveAsync(request);
            await connection.SendAsync(Encoding.ASCII.GetBytes(says));
            return Encoding.ASCII.GetString(request, 0, length);
        });

        CheckAnswer answer = await Check(HealthCheckKind.Http, server.Port, content);

        Assert.Equal(new CheckAnswer(status, detail), answer);
        Assert.StartsWith($"GET {content.Split(' ')[0]} HTTP/1.1\r\nHost: 127.0.0.1\r\n", await server.Outcome);
    }

    [Fact]
    public async Task Httphead_asks_with_head()
    {
        using var server = new TestServer(async connection =>
        {
            byte[] request = new byte[1000];
            int length = await connection.ReceiveAsync(request);
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            return Encoding.ASCII.GetString(request, 0, length);
        });

        Assert.Equal(HealthStatus.L7OK, (await Check(HealthCheckKind.HttpHead, server.Port, "/x")).Status);
        Assert.StartsWith("HEAD /x HTTP/1.1", await server.Outcome);
    }

    [Fact]
    public async Task Tls_that_is_none_is_told()
    {
        using var server = new TestServer(async connection =>
        {
            await connection.SendAsync("SSH-2.0-this is no TLS at all\r\n"u8.ToArray());
            return "";
        });

        Assert.Equal(HealthStatus.L6RSP, (await Check(HealthCheckKind.Tls, server.Port)).Status);
    }

    [Fact]
    public async Task Udp_fails_only_when_it_is_refused()
    {
        using Socket silent = Bound(SocketType.Dgram, ProtocolType.Udp);
        using Socket another = Unanswering();

        Assert.Equal(
            new CheckAnswer(HealthStatus.L4OK, "not refused"), await Check(HealthCheckKind.Udp, PortOf(silent)));
        Assert.Equal(
            new CheckAnswer(HealthStatus.L4CON, "refused"), await Check(HealthCheckKind.Udp, PortOf(another)));
    }

    [Fact]
    public void A_refusal_is_noted_at_the_socket_whoever_looks_when()
    {
        using Socket another = Unanswering();
        using Socket asking = Bound(SocketType.Dgram, ProtocolType.Udp);
        asking.Connect(new IPEndPoint(IPAddress.Loopback, PortOf(another)));
        Assert.Null(UdpCheck.Refusal(asking));

        asking.Send([0]);

        CheckAnswer? noted = null;
        Patience.Until(() => (noted = UdpCheck.Refusal(asking)) is not null);
        Assert.Equal(new CheckAnswer(HealthStatus.L4CON, "refused"), noted);
    }

    [Fact]
    public async Task A_refusal_that_came_in_time_counts_when_the_udp_check_looks_late()
    {
        using Socket another = Unanswering();

        // No time at all to wait: as for a check that was given no processor until its time was up.
        for (int i = 0; i < 200; i++)
        {
            CheckAnswer answer = await Check(
                HealthCheckKind.Udp, PortOf(another), CancellationToken.None, timeoutMs: 0);
            Assert.Equal(new CheckAnswer(HealthStatus.L4CON, "refused"), answer);
        }
    }

    [Theory]
    [InlineData(0, HealthStatus.L7OK)]
    [InlineData(3, HealthStatus.L7OK)]
    [InlineData(2, HealthStatus.L7STS)]
    [InlineData(5, HealthStatus.L7STS)]
    public async Task Dns_looks_at_the_code_of_the_answer(byte code, HealthStatus expected)
    {
        using Socket server = Bound(SocketType.Dgram, ProtocolType.Udp);
        Task<CheckAnswer> check = Check(HealthCheckKind.Dns, PortOf(server), "www.example.org");
        byte[] message = new byte[512];
        SocketReceiveFromResult question = await server.ReceiveFromAsync(message, new IPEndPoint(IPAddress.Any, 0));
        message[2] |= 0x80;
        message[3] = code;

        // An answer to another question comes first and is passed over.
        message[0] ^= 1;
        await server.SendToAsync(message.AsMemory(0, question.ReceivedBytes), question.RemoteEndPoint);
        message[0] ^= 1;
        await server.SendToAsync(message.AsMemory(0, question.ReceivedBytes), question.RemoteEndPoint);

        Assert.Equal(expected, (await check).Status);
        Assert.Equal("\u0003www\u0007example\u0003org\0", Encoding.ASCII.GetString(message, 12, 17));
    }

    [SkippableFact]
    public async Task Icmp_is_answered_by_this_machine()
    {
        CheckAnswer answer = await Check(HealthCheckKind.Icmp, 0);

        Skip.If(answer.Detail == "not permitted here", "needs a raw or a ping socket");
        Assert.Equal(new CheckAnswer(HealthStatus.L3OK), answer);
    }

    [Theory]
    [InlineData("[ \"$*\" = \"fast 127.0.0.1 9\" ]", "fast", HealthStatus.PROCOK, "")]
    [InlineData("exit 3", "", HealthStatus.PROCERR, "exit 3")]
    [InlineData("read line || exit 4", "", HealthStatus.PROCERR, "exit 4")]
    [InlineData("sleep 60", "", HealthStatus.PROCTOUT, "ended by the switch")]
    public async Task A_scripts_exit_code_decides(string text, string words, HealthStatus status, string detail)
    {
        string script = Path.Combine(Directory.CreateTempSubdirectory("packetswitch-check-").FullName, "check");
        File.WriteAllText(script, "#!/bin/sh\n" + text + "\n");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        int timeoutMs = status == HealthStatus.PROCTOUT ? 300 : Patience.Ms;

        CheckAnswer answer = await Check(HealthCheckKind.Script, 9, $"{script} {words}", timeoutMs);

        Assert.Equal(new CheckAnswer(status, detail), answer);
        Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
    }

    [Theory]
    [InlineData("true", "content is not the full path of a program")]
    [InlineData("/nowhere/at/all", "cannot be started: ")]
    public async Task A_script_that_cannot_be_started_is_a_failed_check(string content, string detail)
    {
        CheckAnswer answer = await Check(HealthCheckKind.Script, 9, content);

        Assert.Equal(HealthStatus.PROCERR, answer.Status);
        Assert.StartsWith(detail, answer.Detail, StringComparison.Ordinal);
    }

    private static Socket Bound(SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    // A port that belongs to a conversation with another peer: the kernel refuses everybody else.
    private static Socket Unanswering()
    {
        Socket socket = Bound(SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, 9));
        return socket;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static async Task<CheckAnswer> Check(
        HealthCheckKind kind, int port, string content = "/", int timeoutMs = Patience.Ms)
    {
        using var timeout = new CancellationTokenSource(timeoutMs);
        return await Check(kind, port, timeout.Token, content, timeoutMs);
    }

    private static async Task<CheckAnswer> Check(
        HealthCheckKind kind, int port, CancellationToken timeout, string content = "/", int timeoutMs = Patience.Ms)
    {
        var target = new CheckTarget(
            new IPEndPoint(IPAddress.Loopback, port), null, 0, content, TimeSpan.FromMilliseconds(timeoutMs),
            IpAddress.Parse("127.0.0.1"), (_, cancel) => Task.Delay(Timeout.Infinite, cancel));
        return await HealthCheckCatalog.Row(kind).Run(target, timeout);
    }

    // Serves one connection.
    private sealed class TestServer : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public TestServer(Func<Socket, Task<string>> serve)
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            Outcome = Task.Run(async () =>
            {
                using Socket connection = await _listener.AcceptAsync();
                return await serve(connection);
            });
        }

        public int Port => PortOf(_listener);

        /// <summary>What the server has to tell.</summary>
        public Task<string> Outcome { get; }

        public void Dispose() => _listener.Dispose();
    }
}
