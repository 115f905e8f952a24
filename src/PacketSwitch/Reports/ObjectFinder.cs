// Finds the object an operator means, by number or name, and says which name is nearest when there is none. Used by the control socket and
// the shell.

using System.Globalization;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Reports;

/// <summary>Objects of a configuration by number or name.</summary>
internal static class ObjectFinder
{
    private const int MostListed = 8;

    /// <summary>The number of the object; false with one line that names the nearest or the known ones.</summary>
    public static bool TryFind(SwitchConfig config, string kind, string said, out int id, out string problem)
    {
        (int Id, string Name)[] known = kind switch
        {
            "real" => [.. config.Reals.Select(each => (each.Id, each.Name))],
            "group" => [.. config.Groups.Select(each => (each.Id, each.Name))],
            "virt" => [.. config.Virts.Select(each => (each.Id, each.Name))],
            _ => [.. config.Ports.Select(each => (each.Id, each.Interface))],
        };
        problem = "";
        bool isNumber = int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        foreach ((int Id, string Name) one in known)
        {
            if (isNumber ? one.Id == number : one.Name == said)
            {
                id = one.Id;
                return true;
            }
        }
        id = 0;
        string? nearest = isNumber ? null : NearestWord.Find(said, known.Select(one => one.Name).Where(name => name.Length > 0));
        problem = $"there is no {kind} '{said}'" + (nearest is not null ? $"; did you mean '{nearest}'?" : Listed(kind, known));
        return false;
    }

    private static string Listed(string kind, (int Id, string Name)[] known)
    {
        if (known.Length == 0)
            return $"; no {kind} is configured";
        IEnumerable<string> first = known.Take(MostListed)
            .Select(one => one.Name.Length == 0 ? $"{one.Id}" : $"{one.Id} {one.Name}");
        return $" (configured: {string.Join(", ", first)}{(known.Length > MostListed ? ", ..." : "")})";
    }
}
