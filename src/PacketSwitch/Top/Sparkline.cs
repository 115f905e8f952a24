// Small charts of characters: rates over time, and shares.

namespace PacketSwitch.Top;

/// <summary>Charts in one line.</summary>
internal static class Sparkline
{
    private const string Steps = "▁▂▃▄▅▆▇█";

    /// <summary>The last values, the highest of them as a full block.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        double[] last = [.. values.Skip(Math.Max(0, values.Count - width))];
        double most = last.Length == 0 ? 0 : last.Max();
        string drawn = string.Concat(last.Select(
            value => most <= 0 ? Steps[0]
                : Steps[(int)Math.Round(value / most * (Steps.Length - 1))]));
        return drawn.PadLeft(width);
    }

    /// <summary>A share of 1 as a bar.</summary>
    public static (string Full, string Empty) Bar(double share, int width)
    {
        int full = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return (new string('█', full), new string('░', width - full));
    }
}
