// Reads what requests say: query parameters and text bodies, with one line when they are wrong.

using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Control.Config;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Api;

/// <summary>Parameters of requests.</summary>
internal static class RequestWords
{
    /// <summary>A parameter, or null.</summary>
    public static string? Text(HttpContext context, string name)
        => context.Request.Query.TryGetValue(name, out var value) && value.Count > 0 ? value[0] : null;

    /// <summary>True for a parameter that is there and not false.</summary>
    public static bool Flag(HttpContext context, string name) => Text(context, name) is { } text && text is not ("false" or "0");

    /// <summary>A whole number, or null when it is not there.</summary>
    public static int? Number(HttpContext context, string name, int least, int most)
    {
        if (Text(context, name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number : throw RefusedException.Usage($"{name} must be a number from {least} to {most}, not '{text}'");
    }

    /// <summary>An object's number, said by number or name; null when it is not there.</summary>
    public static int? Object(HttpContext context, string name, string kind, SwitchConfig config)
    {
        if (Text(context, name) is not { } said)
            return null;
        return ObjectFinder.TryFind(config, kind, said, out int id, out string problem)
            ? id : throw RefusedException.NotFound(problem);
    }

    /// <summary>The selectors of sessions.</summary>
    public static SessionSelector Selector(HttpContext context, SwitchConfig config) => new()
    {
        ClientIp = Address(context, "cip"),
        ClientPort = Number(context, "cport", 0, 65_535),
        VirtualIp = Address(context, "dip"),
        VirtualPort = Number(context, "dport", 0, 65_535),
        Real = Object(context, "real", "real", config),
        Virt = Object(context, "virt", "virt", config),
        Port = Number(context, "port", 1, 255),
        State = Text(context, "state"),
        Flag = Text(context, "flag"),
        OlderThan = Duration(context, "older"),
    };

    /// <summary>A length of time such as 10m; null when it is not there.</summary>
    public static TimeSpan? Duration(HttpContext context, string name)
        => Text(context, name) is not { } text ? null
            : DurationText.TryParse(text, out TimeSpan duration) ? duration
            : throw RefusedException.Usage($"{name} must be a time such as 30s, 10m or 2h, not '{text}'");

    /// <summary>The body as text.</summary>
    public static async Task<string> Body(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        string text = await reader.ReadToEndAsync(context.RequestAborted);
        return text.Contains('\0') ? throw RefusedException.Usage("the body is not a text") : text;
    }

    private static IpAddress? Address(HttpContext context, string name)
        => Text(context, name) is not { } text ? null
            : IpAddress.TryParse(text, out IpAddress address) ? address
            : throw RefusedException.Usage($"{name} must be an IP address, not '{text}'");
}
