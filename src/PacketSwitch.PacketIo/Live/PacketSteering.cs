// Receive packet steering (the kernel's Documentation/networking/scaling.rst) on an interface with
// one queue, such as a veth: each flow's frames are handled by one processor. Without it those that
// a sender's process and its acknowledgements release on two processors overtake each other in the
// kernel, and TCP sends again what was not lost. Used by LiveInterface, under its lock, while the
// kernel carries connections; single frames at a high rate go faster without it.

using System.Globalization;

namespace PacketSwitch.PacketIo;

/// <summary>Turns steering on and puts back what was there.</summary>
/// <param name="name">The interface.</param>
/// <param name="folder">Where sysfs tells of interfaces.</param>
internal sealed class PacketSteering(string name, string folder = "/sys/class/net")
{
    private readonly string _folder = Path.Combine(folder, name);
    private bool _isOn;
    private long _unwantedMs = long.MinValue;

    private string Mask => Path.Combine(_folder, "queues", "rx-0", "rps_cpus");

    /// <summary>
    /// Steers from now on, or no more when it has not been wanted for a time. A mask that somebody
    /// else has set is left alone; where sysfs tells of another namespace's interface, or nothing
    /// may be written, nothing happens.
    /// </summary>
    public void Follow(bool isWanted, int interfaceIndex, long nowMs)
    {
        _unwantedMs = isWanted ? long.MinValue : _unwantedMs == long.MinValue ? nowMs : _unwantedMs;
        if (isWanted && !_isOn)
        {
            _isOn = IsOurs(interfaceIndex) && TryWrite(AllProcessors());
        }
        else if (_isOn && !isWanted && nowMs - _unwantedMs >= IoLimits.SteeringRestMs)
        {
            Restore();
        }
    }

    /// <summary>Puts back what was there.</summary>
    public void Restore()
    {
        if (_isOn) _ = TryWrite("0");
        _isOn = false;
    }

    private bool IsOurs(int interfaceIndex)
    {
        try
        {
            string index = File.ReadAllText(Path.Combine(_folder, "ifindex")).Trim();
            return index == interfaceIndex.ToString(CultureInfo.InvariantCulture)
                && Directory.GetDirectories(Path.Combine(_folder, "queues"), "rx-*").Length == 1
                && File.ReadAllText(Mask).Trim().All(digit => digit is '0' or ',');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TryWrite(string mask)
    {
        try
        {
            File.WriteAllText(Mask, mask);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Hexadecimal, in words of 32 processors.
    private static string AllProcessors()
    {
        int processors = Environment.ProcessorCount;
        string first = ((1UL << (processors % 32)) - 1).ToString("x", CultureInfo.InvariantCulture);
        string rest = string.Concat(Enumerable.Repeat(",ffffffff", processors / 32));
        return processors % 32 == 0 ? rest[1..] : first + rest;
    }
}
