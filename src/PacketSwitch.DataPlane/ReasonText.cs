// The names of reasons as people, scripts and metrics see them: the enum member in lower case with hyphens
// (IncorrectVport -> incorrect-vport). Read by commands and statistics, never per frame.

using System.Reflection;
using System.Text;

namespace PacketSwitch.DataPlane;

/// <summary>Texts of verdicts and reasons.</summary>
public static class ReasonText
{
    private static readonly string[] Drops = Names<DropReason>();
    private static readonly string[] Passes = Names<PassReason>();

    /// <summary>Number of drop reasons, <see cref="DropReason.None"/> included.</summary>
    public static int DropReasons => Drops.Length;

    /// <summary>The name of a drop reason, such as <c>no-real</c>.</summary>
    public static string Of(DropReason reason) => Drops[(int)reason];

    /// <summary>The name of a pass reason, such as <c>session</c>.</summary>
    public static string Of(PassReason reason) => Passes[(int)reason];

    /// <summary>The name of a verdict: <c>transmit</c>, <c>punt</c> or <c>drop</c>.</summary>
    public static string Of(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>What a drop reason means, in a sentence without a full stop.</summary>
    public static string Meaning(DropReason reason) => Attribute(reason)?.Meaning ?? "not dropped";

    /// <summary>Alteon's name of a drop reason, or null.</summary>
    public static string? AlteonName(DropReason reason) => Attribute(reason)?.AlteonName;

    private static ReasonAttribute? Attribute(DropReason reason)
        => typeof(DropReason).GetField(reason.ToString())?.GetCustomAttribute<ReasonAttribute>();

    private static string[] Names<T>() where T : struct, Enum => Array.ConvertAll(Enum.GetNames<T>(), Hyphenate);

    private static string Hyphenate(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('-');
            }
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
