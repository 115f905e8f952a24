// A value that is a list of addresses, or `off` for none: the proxy addresses of a service.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

internal sealed class AddressListKind : ValueKind<ConfigList<IpAddress>>
{
    private const int MostAddresses = 64;

    public override string Takes => "one or more addresses, or off";

    public override bool TryRead(WordInput input, out ConfigList<IpAddress> value)
    {
        value = [];
        List<IpAddress> addresses = [];
        int tokens = 0;
        for (; input.TryTake(out ConfigToken token); tokens++)
        {
            if (tokens == 0 && IsOff(token.Text))
                return true;
            foreach (string part in token.Text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!IpAddress.TryParse(part, out IpAddress address))
                {
                    input.Refuse(token,
                        $"{input.Name} takes {Takes}, not {ProblemText.Quote(part)}", Accepted);
                    return false;
                }
                if (!addresses.Contains(address) && addresses.Count < MostAddresses)
                    addresses.Add(address);
            }
        }
        if (addresses.Count == 0)
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        value = [.. addresses];
        return true;
    }

    public override string? Format(ConfigList<IpAddress> value) =>
        value.Count == 0 ? "off" : string.Join(' ', value);

    public override object? ToJson(ConfigList<IpAddress> value) =>
        value.Select(address => address.ToString()).ToArray();

    private static bool IsOff(string text) =>
        text.ToLowerInvariant() is "off" or "none" or "dis" or "disable";
}
