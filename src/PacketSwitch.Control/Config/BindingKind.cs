// The value of pbind: `clientip`, `clientip norport` or `off`.

namespace PacketSwitch.Control.Config;

internal sealed class BindingKind : ValueKind<ClientBinding>
{
    private const string ClientIp = "clientip";
    private const string AnyPort = "norport";
    private static readonly string[] Words = ["clientip", "clientip norport", "off"];

    public override string Takes => "clientip, clientip norport or off";

    public override IReadOnlyList<string> Accepted => Words;

    public override bool TryRead(WordInput input, out ClientBinding value)
    {
        value = ClientBinding.Off;
        if (!input.TryTake(out ConfigToken token))
        {
            input.RefuseMissing(Takes, Accepted);
            return false;
        }
        if (token.Text.ToLowerInvariant() is "off" or "none" or "dis" or "disable")
            return true;
        if (!Is(token, ClientIp))
            return Refuse(input, token, ClientIp);
        value = ClientBinding.ClientIp;
        if (!input.TryTake(out ConfigToken second))
            return true;
        if (!Is(second, AnyPort))
            return Refuse(input, second, AnyPort);
        value = ClientBinding.ClientIpAnyPort;
        return true;
    }

    public override string? Format(ClientBinding value) => Words[value switch
    {
        ClientBinding.ClientIp => 0,
        ClientBinding.ClientIpAnyPort => 1,
        _ => 2,
    }];

    private static bool Is(ConfigToken token, string word) =>
        string.Equals(token.Text, word, StringComparison.OrdinalIgnoreCase);

    private bool Refuse(WordInput input, ConfigToken token, string expected)
    {
        string? nearest = NearestWord.Find(token.Text, [expected]);
        string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
        input.Refuse(token, $"unknown {input.Name} {ProblemText.Quote(token.Text)}{hint}", Accepted,
            nearest);
        return false;
    }
}
