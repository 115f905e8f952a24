// Lengths of time as people read them in a narrow column: 14s, 12m41s, 3h05m, 12d4h; and as they type them: 10m, 90s, 2h.

using System.Globalization;

namespace PacketSwitch.Reports;

/// <summary>Durations as text.</summary>
internal static class DurationText
{
    private const long Minute = 60, Hour = 3_600, Day = 86_400;

    /// <summary>The two largest units.</summary>
    public static string Of(long seconds) => seconds switch
    {
        < Minute => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
        < Hour => string.Create(CultureInfo.InvariantCulture, $"{seconds / Minute}m{seconds % Minute:00}s"),
        < Day => string.Create(CultureInfo.InvariantCulture, $"{seconds / Hour}h{seconds % Hour / Minute:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / Day}d{seconds % Day / Hour}h"),
    };

    /// <summary>Reads a number with s, m, h or d behind it; without a unit it is seconds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        long unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => Minute,
            'h' => Hour,
            'd' => Day,
            _ => char.IsAsciiDigit(text[^1]) ? 1 : 0,
        };
        string digits = text.TrimEnd('s', 'm', 'h', 'd');
        if (unit == 0 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
