// The kinds of values that rows of the word table name, among them the choices of metric and
// health check.

using System.Globalization;
using System.Net;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal static class ValueKinds
{
    public static ValueKind<bool> Toggle { get; } = new ChoiceKind<bool>(
        new Choice<bool>("ena", true, "en", "enable", "enabled"),
        new Choice<bool>("dis", false, "di", "disable", "disabled"));

    public static ValueKind<GroupMetric> Metric { get; } = new ChoiceKind<GroupMetric>(
        new("leastconns", GroupMetric.LeastConnections,
            "leastconnection", "leastconnections", "leastconn", "lc"),
        new("roundrobin", GroupMetric.RoundRobin, "rr", "weighted"),
        new("hash", GroupMetric.Hash, "sh", "source"),
        new("phash", GroupMetric.PersistentHash),
        new("minmisses", GroupMetric.MinMisses),
        new("response", GroupMetric.Response),
        new("bandwidth", GroupMetric.Bandwidth),
        new("svcleast", GroupMetric.ServiceLeast));

    private static readonly Choice<HealthCheckKind>[] HealthChoices =
    [
        new("tcp", HealthCheckKind.Tcp),
        new("tls", HealthCheckKind.Tls),
        new("icmp", HealthCheckKind.Icmp),
        new("arp", HealthCheckKind.Arp),
        new("http", HealthCheckKind.Http),
        new("httphead", HealthCheckKind.HttpHead),
        new("udp", HealthCheckKind.Udp),
        new("dns", HealthCheckKind.Dns),
        new("script", HealthCheckKind.Script),
        new("none", HealthCheckKind.None),
    ];

    public static ValueKind<HealthCheckKind> Health { get; } =
        new ChoiceKind<HealthCheckKind>(HealthChoices);

    public static ValueKind<HealthCheckKind?> OwnHealth { get; } = new ChoiceKind<HealthCheckKind?>(
    [
        .. HealthChoices.Select(
            choice => new Choice<HealthCheckKind?>(choice.Name, choice.Value)),
        new Choice<HealthCheckKind?>("inherit", null),
    ]);

    public static ValueKind<ServiceProtocol> Protocol { get; } = new ChoiceKind<ServiceProtocol>(
        new("tcp", ServiceProtocol.Tcp),
        new("udp", ServiceProtocol.Udp),
        new("both", ServiceProtocol.Both));

    public static ValueKind<HashInput> HashInput { get; } = new ChoiceKind<HashInput>(
        new("sip", Config.HashInput.Source), new("sip+sport", Config.HashInput.SourceAndPort));

    public static ValueKind<TimerProfile> Profile { get; } = new ChoiceKind<TimerProfile>(
        new("alteon", TimerProfile.Alteon), new("rfc", TimerProfile.Rfc));

    public static ValueKind<ClientBinding> Binding { get; } = new BindingKind();

    public static ValueKind<ConfigList<IpAddress>> AddressList { get; } = new AddressListKind();

    public static ValueKind<IpAddress?> Address { get; } = new AddressKind(hasMask: false);

    public static ValueKind<IpAddress?> AddressWithMask { get; } = new AddressKind(hasMask: true);

    public static ValueKind<MacAddress?> Mac { get; } = new TokenKind<MacAddress?>(
        "a MAC address such as 02:00:00:00:00:01, or none",
        static (string text, out MacAddress? value) =>
        {
            value = TryUnicastMac(text, out MacAddress mac) ? mac : null;
            return value is not null || IsNone(text);
        },
        static value => value?.ToString(), word: "none");

    public static ValueKind<SwitchMac?> SwitchMac { get; } = new TokenKind<SwitchMac?>(
        "a MAC address such as 02:00:00:00:00:01, or nic",
        static (string text, out SwitchMac? value) =>
        {
            value = TryUnicastMac(text, out MacAddress mac) ? new SwitchMac(mac)
                : text.Equals("nic", StringComparison.OrdinalIgnoreCase) ? Config.SwitchMac.Nic
                : null;
            return value is not null || IsNone(text);
        },
        static value => value?.ToString(), word: "nic");

    public static ValueKind<string> InterfaceName { get; } = new TokenKind<string>(
        "an interface name of at most 15 characters",
        static (string text, out string value) =>
        {
            value = IsNone(text) ? "" : text;
            return text.Length is > 0 and <= 15 && text is not ("." or "..")
                && text.All(c => c is > ' ' and < '\u007f' and not ('/' or '"' or '\\' or '#' or ';'));
        },
        static value => value.Length == 0 ? null : value,
        static value => value.Length == 0 ? null : value);

    public static ValueKind<string> WebAddress { get; } = new TokenKind<string>(
        "an address and port such as 127.0.0.1:8080, or off",
        static (string text, out string value) =>
        {
            value = "";
            if (text.Equals("off", StringComparison.OrdinalIgnoreCase))
                return true;
            bool valid = text.LastIndexOf(':') > text.LastIndexOf(']')
                && text.Contains(':', StringComparison.Ordinal)
                && (text.StartsWith('[') || text.Count(c => c == ':') == 1)
                && IPEndPoint.TryParse(text, out IPEndPoint? end) && end.Port > 0;
            value = valid ? text : "";
            return valid;
        },
        static value => value.Length == 0 ? "off" : value, word: "off");

    public static ValueKind<int?> MaskBits { get; } = new TokenKind<int?>(
        "dotted like 255.255.255.0 or a prefix length",
        static (string text, out int? value) =>
        {
            value = TryMask(text, out int bits) ? bits : null;
            return value is not null || IsNone(text);
        },
        static value => value?.ToString(CultureInfo.InvariantCulture),
        static value => value);

    public static ValueKind<BackupReference?> RealBackup { get; } =
        Backup("rN or none", groups: false);

    public static ValueKind<BackupReference?> AnyBackup { get; } =
        Backup("rN, gN or none", groups: true);

    public static ValueKind<int> Number(int min, int max) => new TokenKind<int>(
        $"{min} to {max}",
        (string text, out int value) => TryNumber(text, min, max, out value),
        static value => value.ToString(CultureInfo.InvariantCulture),
        static value => value);

    public static ValueKind<int?> OptionalNumber(int min, int max, string none) =>
        new TokenKind<int?>(
            $"{min} to {max}, or {none}",
            (string text, out int? value) =>
            {
                value = TryNumber(text, min, max, out int number) ? number : null;
                return value is not null || text.Equals(none, StringComparison.OrdinalIgnoreCase);
            },
            value => value?.ToString(CultureInfo.InvariantCulture) ?? none,
            static value => value, none);

    public static ValueKind<int> OneOf(params int[] numbers) => new ChoiceKind<int>(
        [.. numbers.Select(
            number => new Choice<int>(number.ToString(CultureInfo.InvariantCulture), number))]);

    public static bool TryNumber(string text, int min, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
        && value >= min && value <= max;

    /// <summary>A prefix length, or a dotted mask whose ones stand together.</summary>
    internal static bool TryMask(string text, out int bits)
    {
        if (TryNumber(text.TrimStart('/'), 0, 128, out bits))
            return true;
        if (!Ipv4Address.TryParse(text, out Ipv4Address mask))
            return false;
        bits = System.Numerics.BitOperations.PopCount(mask.Value);
        return mask.Value == (bits == 0 ? 0 : uint.MaxValue << (32 - bits));
    }

    private static ValueKind<BackupReference?> Backup(string takes, bool groups) =>
        new TokenKind<BackupReference?>(
            takes,
            (string text, out BackupReference? value) =>
            {
                value = TryBackup(text, groups, out BackupReference backup) ? backup : null;
                return value is not null || IsNone(text);
            },
            static value => value?.ToString() ?? "none",
            static value => value?.ToString(), "none");

    private static bool TryBackup(string text, bool groups, out BackupReference backup)
    {
        bool isGroup = groups && text.StartsWith("g", StringComparison.OrdinalIgnoreCase);
        bool hasLetter = isGroup || text.StartsWith("r", StringComparison.OrdinalIgnoreCase);
        int most = isGroup ? MenuTree.MostGroups : MenuTree.MostReals;
        bool isValid = TryNumber(hasLetter ? text[1..] : text, 1, most, out int id);
        backup = new BackupReference(isGroup, id);
        return isValid;
    }

    private static bool TryUnicastMac(string text, out MacAddress mac) =>
        MacAddress.TryParse(text, out mac) && !mac.IsMulticast && !mac.IsZero;

    // What takes a value away again; a difference of two configurations types it.
    private static bool IsNone(string text) =>
        text.Equals("none", StringComparison.OrdinalIgnoreCase);
}
