// Asks the dashboard "why?" as a person does: a click on a server's card, the keyboard on a virtual
// service and an event, a drop reason, and the form with two addresses. Counts the panels that show
// an explanation. Used by ShootProgram.
using System.Text.Json.Nodes;

namespace PacketSwitch.Lab.Programs;

internal sealed class PageQuestions(BrowserTab tab)
{
    private const int Tries = 100;
    private const string Shown = "String(document.querySelectorAll("
        + "'#detail[open] #explanation .verdict, #detail[open] #explanation tr').length)";

    /// <summary>How many of the five were answered; the first panel's picture lies beside the
    /// page's.</summary>
    public async Task<int> AskAllAsync(string picture)
    {
        var answered = 0;
        await ClickAsync(".real");
        answered += await IsExplainedAsync(5) ? 1 : 0;
        var shot = await tab.AskAsync("Page.captureScreenshot");
        await File.WriteAllBytesAsync(
            Path.ChangeExtension(picture, ".explain.png"),
            Convert.FromBase64String((string)shot["data"]!));
        await CloseAsync();
        await PressEnterAsync("#virts .link");
        answered += await IsExplainedAsync(5) ? 1 : 0;
        await CloseAsync();
        await PressEnterAsync("#events li .link");
        answered += await IsExplainedAsync(5) ? 1 : 0;
        await CloseAsync();
        await PressEnterAsync("#reasons .link");
        answered += await SaysAsync("what to do:") && await SaysAsync("last: ")
            && await IsExplainedAsync(4) ? 1 : 0;
        shot = await tab.AskAsync("Page.captureScreenshot");
        await File.WriteAllBytesAsync(
            Path.ChangeExtension(picture, ".drop.png"),
            Convert.FromBase64String((string)shot["data"]!));
        await CloseAsync();
        await tab.EvaluateAsync("""
            document.querySelector('[name=source]').value = '192.0.2.101:40000';
            document.querySelector('[name=destination]').value = '192.0.2.5:80';
            document.querySelector('#ask button').click(); ''
            """);
        answered += await IsExplainedAsync(3) && await SaysAsync("DROPPED dam-off") ? 1 : 0;
        await CloseAsync();
        return answered;
    }

    /// <summary>Clicks the link to the last packets; true when the browser has saved them in the
    /// folder.</summary>
    public async Task<bool> DownloadAsync(string folder)
    {
        await tab.AskAsync("Browser.setDownloadBehavior", new JsonObject
        {
            ["behavior"] = "allow",
            ["downloadPath"] = folder,
        });
        await ClickAsync("footer a[download]");
        var file = Path.Combine(folder, "packets.pcapng");
        return await WaitAsync(() => Task.FromResult(
            File.Exists(file) && new FileInfo(file).Length > 0));
    }

    private Task<bool> IsExplainedAsync(int least) =>
        WaitAsync(async () => int.Parse(await tab.EvaluateAsync(Shown)) >= least);

    private Task<bool> SaysAsync(string text) => WaitAsync(async () =>
        (await tab.EvaluateAsync("document.querySelector('#detail[open]')?.textContent || ''"))
        .Contains(text, StringComparison.Ordinal));

    private static async Task<bool> WaitAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (await holds()) return true;
            await Task.Delay(50);
        }
        return false;
    }

    private Task CloseAsync() => PressAsync("Escape", 27);

    private async Task PressEnterAsync(string selector)
    {
        await tab.EvaluateAsync($"document.querySelector('{selector}').focus(); ''");
        await PressAsync("Enter", 13, "\r");
    }

    private async Task PressAsync(string key, int code, string? text = null)
    {
        foreach (var type in new[] { text is null ? "rawKeyDown" : "keyDown", "keyUp" })
        {
            var press = new JsonObject
            {
                ["type"] = type,
                ["key"] = key,
                ["code"] = key,
                ["windowsVirtualKeyCode"] = code,
            };
            if (text is not null && type == "keyDown") press["text"] = text;
            await tab.AskAsync("Input.dispatchKeyEvent", press);
        }
    }

    private async Task ClickAsync(string selector)
    {
        var place = JsonNode.Parse(await tab.EvaluateAsync($$"""
            (() => { const one = document.querySelector('{{selector}}'); one.scrollIntoView();
            const box = one.getBoundingClientRect();
            return JSON.stringify({ x: box.x + box.width / 2, y: box.y + box.height / 2 }); })()
            """))!;
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
        {
            await tab.AskAsync("Input.dispatchMouseEvent", new JsonObject
            {
                ["type"] = type,
                ["x"] = (double)place["x"]!,
                ["y"] = (double)place["y"]!,
                ["button"] = "left",
                ["clickCount"] = 1,
            });
        }
    }
}
