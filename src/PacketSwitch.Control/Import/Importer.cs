// The table of what can be imported. To add a tool, write a class beside this one and a row here. Called by the import command.

namespace PacketSwitch.Control.Import;

/// <summary>Imports other tools' configurations.</summary>
public static class Importer
{
    private static readonly (string Format, Func<string, string, ImportResult> Import)[] Rows =
    [
        ("alteon", AlteonImporter.Import),
        ("keepalived", KeepalivedImporter.Import),
        ("haproxy", HaproxyImporter.Import),
        ("ipvsadm", IpvsadmImporter.Import),
    ];

    /// <summary>The words for the formats.</summary>
    public static IEnumerable<string> Formats => Rows.Select(row => row.Format);

    /// <summary>Reads a text in the format; it never throws for what is in it.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="text">The foreign configuration.</param>
    /// <param name="file">Its name, for messages.</param>
    public static ImportResult Import(string format, string text, string file)
        => Rows.First(row => row.Format == format).Import(text, file);
}
