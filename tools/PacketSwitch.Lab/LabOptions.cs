// What a person said on run-lab.sh's command line.
namespace PacketSwitch.Lab;

internal sealed class LabOptions
{
    /// <summary>
    /// Whether the hosts keep their checksum and segmentation offloads (a kernel's default).
    /// </summary>
    public bool OffloadsOn { get; private set; }

    /// <summary>The switch's packet I/O backend; empty leaves the choice to it.</summary>
    public string Io { get; private set; } = "";

    /// <summary>Loops that receive on each of the switch's ports.</summary>
    public int Loops { get; private set; } = 1;

    /// <summary>Where logs go: a folder to keep, or the lab's own, which ends with it.</summary>
    public string LogFolder { get; private set; } = "/run/packetswitch-lab";

    /// <summary>How the lab came by its rights: "root" or "rootless".</summary>
    public string How { get; private set; } = "";

    public static LabOptions From(ReadOnlySpan<string> words, bool offloadsOn)
    {
        var options = new LabOptions { OffloadsOn = offloadsOn };
        for (var i = 0; i < words.Length; i++)
        {
            var value = i + 1 < words.Length ? words[i + 1] : "";
            switch (words[i])
            {
                case "--offloads" when value is "on" or "off":
                    options.OffloadsOn = value == "on";
                    break;
                case "--io" when value is "pcap" or "ring" or "auto":
                    options.Io = value;
                    break;
                case "--loops" when int.TryParse(value, out var loops) && loops is > 0 and <= 16:
                    options.Loops = loops;
                    break;
                case "--keep" when value != "":
                    options.LogFolder = Path.GetFullPath(value);
                    break;
                case "--no-build":
                    continue; // The script's own word.
                case "--offloads" or "--io" or "--loops" or "--keep":
                    throw new LabException(
                        $"{words[i]} does not take '{value}'. "
                        + "Known: --offloads on|off, --io pcap|ring|auto, --loops N, --keep DIR",
                        exitCode: 2);
                default:
                    throw new LabException(
                        $"unknown word '{words[i]}'. See ./run-lab.sh --help", exitCode: 2);
            }
            i++;
        }

        // Made on the machine's own network, the namespaces would stay behind: only the script may
        // start the lab.
        options.How = Environment.GetEnvironmentVariable("PACKETSWITCH_LAB_HOW") ?? "";
        if (options.How == "")
            throw new LabException("start the lab with ./run-lab.sh", exitCode: 2);
        CreateFolder(options.LogFolder);
        return options;
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"cannot keep logs in {folder}: {exception.Message}", exitCode: 2);
        }
    }
}
