// The rows `add` and `rem` of a server group. Both take several numbers or names; only `add` is
// written, a line for each member.

namespace PacketSwitch.Control.Config;

internal sealed class MemberRow(string name, bool adds, ReferenceKind real)
    : WordRow(name)
{
    public override bool IsWritten => adds;

    public override object? Read(object item, WordInput input)
    {
        var group = (GroupConfig)item;
        List<int> members = [.. group.Members];
        int tokens = 0;
        for (; input.TryTake(out ConfigToken token); tokens++)
        {
            foreach (string part in token.Text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (real.TryRead(input, token, part, out int id))
                    Change(input, token, members, id);
            }
        }
        if (tokens == 0)
            input.RefuseMissing(real.Takes, real.Accepted);
        return input.Refused ? null : group with { Members = [.. members] };
    }

    public override IEnumerable<string> Format(object item) =>
        ((GroupConfig)item).Members.Select(id => $"{Name} {id}");

    public override bool IsSame(object left, object right) =>
        ((GroupConfig)left).Members.Equals(((GroupConfig)right).Members);

    public override object? ToJson(object item) => ((GroupConfig)item).Members.ToArray();

    private void Change(WordInput input, ConfigToken token, List<int> members, int id)
    {
        int index = members.BinarySearch(id);
        if (index >= 0 == adds)
            input.Warn(token, adds
                ? $"real {id} is in {input.Path} already"
                : $"real {id} is not in {input.Path}");
        else if (adds)
            members.Insert(~index, id);
        else
            members.RemoveAt(index);
        if (adds)
            input.Candidate.Sources.Add(
                input.Path, $"add {id}", input.LocationOf(token), input.LineText);
        else
            input.Candidate.Sources.Remove(input.Path, $"add {id}");
    }
}
