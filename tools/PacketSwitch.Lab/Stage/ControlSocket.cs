// The switch's control socket as a program uses it: one HTTP request, its status and its answer. Used by OperateScenario.
using System.Net.Http;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Stage;

internal sealed class ControlSocket : IDisposable
{
    private readonly HttpClient _http;

    public ControlSocket(string path)
    {
        Path = path;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => new NetworkStream(await OpenAsync(path, cancellation), ownsSocket: true),
        })
        {
            BaseAddress = new Uri("http://switch/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public string Path { get; }

    public (int Status, string Text) Send(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        try
        {
            using var response = _http.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            return ((int)response.StatusCode, reader.ReadToEnd());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            throw new LabException($"{method} {path} on {Path}: {exception.Message}");
        }
    }

    /// <summary>The same, where anything but success is a failure of the step.</summary>
    public string Must(string method, string path, string? body = null)
    {
        var (status, text) = Send(method, path, body);
        return status == 200 ? text : throw new LabException($"{method} {path}: {status} {text}");
    }

    public static async Task<Socket> OpenAsync(string path, CancellationToken cancellation = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();
}
