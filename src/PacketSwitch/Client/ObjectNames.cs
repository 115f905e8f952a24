// Names and numbers of objects for the completion of words: of the running switch, where there is
// one. Whoever presses Tab wants words, not complaints: where there is no answer there are none.

using System.CommandLine;
using System.CommandLine.Completions;
using PacketSwitch.Reports;

namespace PacketSwitch.Client;

/// <summary>Completes arguments that name an object.</summary>
internal static class ObjectNames
{
    /// <summary>Lets an argument be completed with the objects of a kind.</summary>
    public static Argument<string> Complete(this Argument<string> argument, string kind)
    {
        // Without a name of its own the help would list the objects.
        argument.HelpName = argument.Name;
        argument.CompletionSources.Add(context => Of(kind, context));
        return argument;
    }

    private static IEnumerable<CompletionItem> Of(string kind, CompletionContext context)
    {
        try
        {
            using var client = new ControlClient(context.ParseResult.GetValue<string?>("--socket"));
            StatusReport status = client.Get("v1/status", ReportJson.Readable.StatusReport);
            string[] names = kind switch
            {
                "real" => [.. status.Reals.Select(one => Name(one.Id, one.Name))],
                "group" => [.. status.Groups.Select(one => Name(one.Id, one.Name))],
                "virt" => [.. status.Virts.Select(one => Name(one.Id, one.Name))],
                _ => [.. status.Ports.Select(one => $"{one.Id}")],
            };
            return names.Select(name => new CompletionItem(name));
        }
        catch (Exception e) when (e is ClientProblem or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Name(int id, string name) => name.Length == 0 ? $"{id}" : name;
}
