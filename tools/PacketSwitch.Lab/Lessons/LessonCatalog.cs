// The lessons, by number: `./run-lab.sh lesson N`. A new lesson is a file and a line here. Called
// by Program.
using System.Globalization;

namespace PacketSwitch.Lab.Lessons;

internal static class LessonCatalog
{
    private static readonly (string Title, Func<LabOptions, Lesson> Make)[] All =
    [
        ("a VIP, and network address translation", options => new NatLesson(options)),
        ("leastconns against roundrobin", options => new MetricsLesson(options)),
        ("hash, and the proxy problem", options => new HashLesson(options)),
        ("health, failure and recovery", options => new HealthLesson(options)),
        ("direct access (DAM)", options => new DirectAccessLesson(options)),
        ("direct server return, and the ARP problem", options => new DirectReturnLesson(options)),
        ("sticky clients", options => new StickyLesson(options)),
        ("taking a server out without losing anybody", options => new DrainLesson(options)),
    ];

    public static int Run(ReadOnlySpan<string> words)
    {
        if (words.Length == 0 || !int.TryParse(words[0], NumberStyles.None,
            CultureInfo.InvariantCulture, out var number)
            || number < 1 || number > All.Length)
        {
            var titles = All.Select((lesson, i) =>
                $"  ./run-lab.sh lesson {i + 1}    {lesson.Title}");
            throw new LabException($"which lesson?\n{string.Join('\n', titles)}", exitCode: 2);
        }
        var (title, make) = All[number - 1];
        return make(LabOptions.From(words[1..], offloadsOn: false)).Run(number, title);
    }
}
