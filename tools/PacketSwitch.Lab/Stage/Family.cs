// The two address families of the lab, and an address in each: what holds for one must hold for the other. Used by the scenarios
// that go through both.
namespace PacketSwitch.Lab.Stage;

internal sealed record Family(string Name, string Net, string Far)
{
    public static readonly Family V4 = new("v4", "192.0.2.", "198.51.100.");
    public static readonly Family V6 = new("v6", "2001:db8::", "2001:db8:f::");

    public static readonly Family[] Both = [V4, V6];

    /// <summary>An address of the lab's own network: the last number is the same in both families.</summary>
    public string Address(int last) => $"{Net}{last}";

    /// <summary>As it stands before a port or in a URL.</summary>
    public string Bracketed(int last) => this == V6 ? $"[{Address(last)}]" : Address(last);

    public string EndPoint(int last, int port) => $"{Bracketed(last)}:{port}";

    public override string ToString() => Name;
}
