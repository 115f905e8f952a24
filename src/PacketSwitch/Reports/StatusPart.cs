// A status with one kind of object, or one object, in it: what `real list` and `real show 3` ask for.

namespace PacketSwitch.Reports;

/// <summary>Parts of a status.</summary>
internal static class StatusPart
{
    public static StatusReport Of(StatusReport status, string kind, int? id) => status with
    {
        Reals = kind == "real" ? [.. status.Reals.Where(each => id is null || each.Id == id)] : [],
        Groups = kind == "group" ? [.. status.Groups.Where(each => id is null || each.Id == id)] : [],
        Virts = kind == "virt" ? [.. status.Virts.Where(each => id is null || each.Id == id)] : [],
        Ports = kind == "port" ? [.. status.Ports.Where(each => id is null || each.Id == id)] : [],
    };
}
