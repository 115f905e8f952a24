// The client's end of the control socket: one request, one answer. Every way it can fail is one line and an exit code.

using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PacketSwitch.Api;
using PacketSwitch.Reports;

namespace PacketSwitch.Client;

/// <summary>Talks to a running switch.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    /// <summary>A client of the socket or folder that is named, else of the usual one.</summary>
    public ControlClient(string? socketOrFolder)
    {
        _socket = SocketFolder.SocketOf(socketOrFolder);
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://packetswitch/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Asks for a report.</summary>
    public T Get<T>(string path, JsonTypeInfo<T> type) => Parse(Send(HttpMethod.Get, path), type);

    /// <summary>Asks for a text, JSON for instance, as it is.</summary>
    public string GetText(string path) => Send(HttpMethod.Get, path);

    /// <summary>Sends an order and returns the report of how it ended.</summary>
    public string Send(
        HttpMethod method, string path, string? body = null, string type = "text/plain")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        try
        {
            using HttpResponseMessage response = _http.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream(), Encoding.UTF8);
            string text = reader.ReadToEnd();
            // An order that was not carried out says so in its report.
            return response.IsSuccessStatusCode || (int)response.StatusCode is 409 or 422
                ? text : throw Refused((int)response.StatusCode, text);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (IOException e)
        {
            throw Unreachable(e);
        }
    }

    /// <summary>Asks a question that has a body.</summary>
    public TAnswer Ask<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> asked,
        JsonTypeInfo<TAnswer> answer)
        => Parse(Send(HttpMethod.Post, path, JsonSerializer.Serialize(question, asked),
            "application/json"), answer);

    /// <summary>Reads a report.</summary>
    public static T Parse<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("nothing");
        }
        catch (JsonException e)
        {
            throw new ClientProblem(1, $"the switch answered what this program does not understand ({e.Message}); "
                + "is it of another version?");
        }
    }

    /// <summary>Opens a stream of server-sent events; the caller reads lines until it has enough.</summary>
    public Stream Stream(string path)
    {
        try
        {
            HttpResponseMessage response = _http.Send(
                new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode ? response.Content.ReadAsStream()
                : throw Refused((int)response.StatusCode, new StreamReader(response.Content.ReadAsStream()).ReadToEnd());
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private ClientProblem Unreachable(Exception e)
    {
        SocketError? error = (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode;
        return error switch
        {
            SocketError.AccessDenied => new ClientProblem(
                5, $"not permitted to use {_socket}; run the command as the switch's user or root, or read with {SocketFolder.Reader}"),
            null => new ClientProblem(1, $"the switch at {_socket} broke the connection off: {e.Message}"),
            _ => new ClientProblem(
                4, $"no switch runs at {_socket}; start one with: packetswitch run -c FILE (--socket PATH names another socket)"),
        };
    }

    private static ClientProblem Refused(int status, string text)
    {
        string error = text.Trim();
        try
        {
            error = JsonSerializer.Deserialize(text, ReportJson.Readable.RefusalReport)?.Error ?? error;
        }
        catch (JsonException)
        {
            error = error.Length == 0 ? $"the switch answered with status {status}" : error;
        }
        int exitCode = status switch
        {
            400 => 2,
            403 => 5,
            _ => 1,
        };
        return new ClientProblem(exitCode, error);
    }
}

/// <summary>Why a command ends early: one line and the exit code.</summary>
internal sealed class ClientProblem(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
