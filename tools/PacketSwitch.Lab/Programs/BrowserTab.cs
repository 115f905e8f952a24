// One tab of a headless browser by its DevTools protocol: questions with their answers, and what
// the tab tells meanwhile (requests, exceptions). Used by ShootProgram.
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace PacketSwitch.Lab.Programs;

internal sealed class BrowserTab(ClientWebSocket socket)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _number;

    public List<string> Requests { get; } = [];

    public int Errors { get; private set; }

    public async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null)
    {
        var id = ++_number;
        var question = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] =
            parameters ?? []
        };
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(question.ToJsonString()), WebSocketMessageType.Text,
                endOfMessage: true, CancellationToken.None);
        while (true)
        {
            var told = await ReadAsync();
            if ((int?)told["id"] != id) continue;
            return told["result"]?.AsObject()
                ?? throw new LabException($"{method}: {told["error"]}");
        }
    }

    public async Task<string> EvaluateAsync(string expression)
    {
        var answer = await AskAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] =
            expression
        });
        return (string?)answer["result"]?["value"]
            ?? throw new LabException($"the page says {answer}");
    }

    /// <summary>How many elements of the page a selector finds.</summary>
    public Task<string> CountAsync(string selector) =>
        EvaluateAsync($"String(document.querySelectorAll('{selector}').length)");

    /// <summary>Lets the page live; asking now and then takes in what it tells.</summary>
    public async Task LookAsync(TimeSpan time)
    {
        var end = DateTime.UtcNow + time;
        while (DateTime.UtcNow < end)
        {
            await Task.Delay(200);
            await EvaluateAsync("''");
        }
    }

    private async Task<JsonObject> ReadAsync()
    {
        using var text = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(_buffer, CancellationToken.None);
            text.Write(_buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var told = JsonNode.Parse(text.ToArray())!.AsObject();
        if ((string?)told["method"] ==
            "Network.requestWillBeSent") Requests.Add((string)told["params"]!["request"]![
            "url"]!);
        if ((string?)told["method"] == "Runtime.exceptionThrown") Errors++;
        return told;
    }
}
