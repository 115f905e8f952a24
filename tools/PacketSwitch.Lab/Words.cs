// The command line of the small programs: names in order, and "--option value" pairs. A word that
// nobody asked for is not an error here, because only the lab starts these programs; a missing or
// unreadable one is.
using System.Globalization;
using System.Net;

namespace PacketSwitch.Lab;

internal sealed class Words
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _options = [];

    public Words(ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal)) _names.Add(words[i]);
            else if (i + 1 < words.Length) _options[words[i]] = words[++i];
            else throw new LabException($"{words[i]} needs a value", exitCode: 2);
        }
    }

    public string Name(int index, string what) =>
        index < _names.Count
            ? _names[index]
            : throw new LabException($"missing: {what}", exitCode: 2);

    public IPEndPoint EndPoint(int index) =>
        IPEndPoint.TryParse(Name(index, "ADDRESS:PORT"), out var endPoint) && endPoint.Port != 0
            ? endPoint
            : throw new LabException($"'{_names[index]}' is not ADDRESS:PORT", exitCode: 2);

    public int Number(string option, int ifAbsent)
    {
        if (!_options.TryGetValue(option, out var text)) return ifAbsent;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LabException($"{option} needs a number, not '{text}'", exitCode: 2);
    }
}
