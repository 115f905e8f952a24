// Looks at a page with a headless Chromium that listens for its DevTools protocol on this host:
// `shoot URL OUT.png --port P --seconds S`. Prints how many requests went to the page's origin and
// how many elsewhere, what the page's script threw, how many samples its charts have and how many
// of them changed in the last second; writes the picture. Started by DashboardScenario.
using System.Net.Http;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace PacketSwitch.Lab.Programs;

internal static class ShootProgram
{
    private const int Width = 1360, Height = 1500;
    private const string Pixels =
        "JSON.stringify([...document.querySelectorAll('canvas')].map(c => c.toDataURL()))";

    // Reasons with a frame of a client in the lab, and its time of day.
    private const string DroppedFrames = "String([...document.querySelectorAll('#reasons tr')]"
        + ".filter(r => /\\d\\d:\\d\\d:\\d\\d.*192\\.0\\.2\\.10\\d:\\d+ > /"
        + ".test(r.textContent)).length)";

    public static int Run(Words words) => RunAsync(
        new Uri(words.Name(0, "URL")), words.Name(1, "OUT.png"), words.Number("--port", 9222),
        TimeSpan.FromSeconds(words.Number("--seconds", 8))).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Uri page, string picture, int port, TimeSpan look)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(await FindTabAsync(port), CancellationToken.None);
        var tab = new BrowserTab(socket);
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
        var thrown = tab.Errors;
        var samples = await tab.EvaluateAsync("String(samples.length)");
        var questions = new PageQuestions(tab);
        var explained = await questions.AskAllAsync(picture);
        var saved = await questions.DownloadAsync(Path.GetDirectoryName(picture)!);
        var elsewhere = tab.Requests.Count(
            url => url.StartsWith("http", StringComparison.Ordinal) && !IsAt(page, url));
        var moving = before.Zip(after).Count(
            pair => (string?)pair.First != (string?)pair.Second);
        Console.WriteLine($"requests {tab.Requests.Count(url => IsAt(page, url))}");
        Console.WriteLine($"foreign {elsewhere}");
        Console.WriteLine($"errors {thrown}");
        Console.WriteLine($"samples {samples}");
        Console.WriteLine($"events {await tab.CountAsync("#events li")}");
        Console.WriteLine($"servers {await tab.CountAsync(".real")}");
        Console.WriteLine($"charts {after.Count}");
        Console.WriteLine($"moving {moving}");
        Console.WriteLine($"reasons {await tab.CountAsync("#reasons tr")}");
        Console.WriteLine($"frames {await tab.EvaluateAsync(DroppedFrames)}");
        Console.WriteLine($"explained {explained}");
        Console.WriteLine($"saved {(saved ? 1 : 0)}");
        Console.WriteLine($"errors_after {tab.Errors}");
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
}
