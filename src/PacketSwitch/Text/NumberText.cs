// Numbers as people read them: thousands separated, large octets and rates shortened.

using System.Globalization;

namespace PacketSwitch.Text;

/// <summary>Numbers as text.</summary>
internal static class NumberText
{
    /// <summary>All digits: 24,187,402.</summary>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three digits and a unit: 412.1K, 4.71M.</summary>
    public static string Short(long number) => number switch
    {
        < 1_000 => number.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => Scaled(number / 1e3, "K"),
        < 1_000_000_000 => Scaled(number / 1e6, "M"),
        _ => Scaled(number / 1e9, "G"),
    };

    private static string Scaled(double number, string unit)
        => number.ToString(number < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + unit;
}
