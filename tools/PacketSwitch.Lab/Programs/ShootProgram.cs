// Looks at a page with a headless Chromium that listens for its DevTools protocol on this host:
// `shoot URL OUT.png --port P --seconds S`. Prints how many requests went to the page's origin and
// how many elsewhere, what the page's script threw, how many samples its charts have and how many
// of them changed in the last second; writes the picture. Started by DashboardScenario.
using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace PacketSwitch.Lab.Programs;

internal static class ShootProgram
{
    private const int Width = 1360, Height = 1500;
    private const string Pixels =
        "JSON.stringify([...document.querySelectorAll('canvas')].map(c => c.toDataURL()))";

    public static int Run(Words words) => RunAsync(
        new Uri(words.Name(0, "URL")), words.Name(1, "OUT.png"), words.Number("--port", 9222),
        TimeSpan.FromSeconds(words.Number("--seconds", 8))).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Uri page, string picture, int port, TimeSpan look)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(await FindTabAsync(port), CancellationToken.None);
        var tab = new Tab(socket);
        await tab.AskAsync("Network.enable");
        await tab.AskAsync("Runtime.enable");
        await tab.AskAsync("Emulation.setDeviceMetricsOverride", new JsonObject
        {
            ["width"] = Width,
            ["height"] = Height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        });
        await tab.AskAsync("Page.navigate", new JsonObject { ["url"] = page.ToString() });
        await tab.LookAsync(look);
        var before = JsonNode.Parse(await tab.EvaluateAsync(Pixels))!.AsArray();
        await tab.LookAsync(TimeSpan.FromSeconds(2));
        var after = JsonNode.Parse(await tab.EvaluateAsync(Pixels))!.AsArray();
        var shot = await tab.AskAsync("Page.captureScreenshot");
        await File.WriteAllBytesAsync(picture, Convert.FromBase64String((string)shot["data"]!));
        var elsewhere = tab.Requests.Count(
            url => url.StartsWith("http", StringComparison.Ordinal) && !IsAt(page, url));
        var moving = before.Zip(after).Count(
            pair => (string?)pair.First != (string?)pair.Second);
        Console.WriteLine($"requests {tab.Requests.Count(url => IsAt(page, url))}");
        Console.WriteLine($"foreign {elsewhere}");
        Console.WriteLine($"errors {tab.Errors}");
        Console.WriteLine($"samples {await tab.EvaluateAsync("String(samples.length)")}");
        Console.WriteLine($"events {await tab.CountAsync("#events li")}");
        Console.WriteLine($"servers {await tab.CountAsync(".real")}");
        Console.WriteLine($"charts {after.Count}");
        Console.WriteLine($"moving {moving}");
        return 0;
    }

    private static bool IsAt(Uri page, string url) => new Uri(url).Authority == page.Authority;

    // The browser needs a moment to listen.
    private static async Task<Uri> FindTabAsync(int port)
    {
        using var http = new HttpClient();
        for (var i = 0; ; i++)
        {
            try
            {
                var tabs =
                    JsonNode.Parse(await http.GetStringAsync(
                    $"http://127.0.0.1:{port}/json/list"))!.AsArray();
                var tab = tabs.FirstOrDefault(one => (string?)one!["type"] == "page");
                if (tab is not null) return new Uri((string)tab["webSocketDebuggerUrl"]!);
            }
            catch (HttpRequestException) when (i < 200)
            {
            }
            if (i >= 200) throw new LabException("the browser does not answer");
            await Task.Delay(100);
        }
    }

    // One tab: questions with their answers, and what it tells meanwhile.
    private sealed class Tab(ClientWebSocket socket)
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
}
