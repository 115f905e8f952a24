// Many clients in one host: `crowd ADDRESS:PORT --first N --count N` asks once from each of its
// addresses 192.0.2.N, N+1 ..., and prints how often which server answered, as `get` does. Started
// by the lessons.
using System.Net;

namespace PacketSwitch.Lab.Programs;

internal static class CrowdProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var first = words.Number("--first", 110);
        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failed = 0;
        for (var i = 0; i < words.Number("--count", 1); i++)
        {
            var own = new IPEndPoint(IPAddress.Parse($"192.0.2.{first + i}"), 0);
            var (name, failure) = GetProgram.AskAsync(server, Patience,
                own).GetAwaiter().GetResult();
            if (failure == "") answers[name] = answers.GetValueOrDefault(name) + 1;
            else if (failed++ == 0) Console.Error.WriteLine($"{own.Address}: {failure}");
        }
        foreach (var (name, number) in answers) Console.WriteLine($"{name} {number}");
        return failed == 0 ? 0 : 1;
    }
}
