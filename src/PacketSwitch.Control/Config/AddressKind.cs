// A value that is one address. Whoever writes a prefix length behind it is told where that belongs:
// an interface has a word of its own for it, the others have none.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>An address, or none. With <paramref name="hasMask"/> the object has a mask
/// too.</summary>
internal sealed class AddressKind(bool hasMask) : ValueKind<IpAddress?>
{
    public override string Takes => "an IPv4 or IPv6 address";

    public override bool TryRead(WordInput input, out IpAddress? value)
    {
        value = null;
        if (!input.TryTake(out ConfigToken token))
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        if (IpAddress.TryParse(token.Text, out IpAddress address))
        {
            value = address;
            return true;
        }
        // What takes a value away again; a difference of two configurations types it.
        if (token.Text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return true;
        input.Refuse(
            token, $"{input.Name} must be {Takes}, not {ProblemText.Quote(token.Text)}"
                + Hint(input.Name, token.Text), Accepted);
        return false;
    }

    public override string? Format(IpAddress? value) => value?.ToString();

    private string Hint(string word, string text)
    {
        string[] halves = text.Split('/', 2);
        if (halves.Length < 2 || !IpAddress.TryParse(halves[0], out IpAddress address))
            return "";
        string mask = halves[1];
        if (!hasMask)
            return $"; leave {ProblemText.Quote("/" + mask)} out";
        bool isMask = ValueKinds.TryMask(mask, out int bits) && bits <= (address.IsV6 ? 128 : 32);
        return isMask ? $"; the mask is a word of its own: {word} {address} / mask {mask}"
            : "; the mask is a word of its own: mask";
    }
}
