// The lines as Spectre.Console draws them: exactly as wide and as high as the terminal, so that
// nothing is wrapped or scrolled.

using Spectre.Console;
using Spectre.Console.Rendering;

namespace PacketSwitch.Top;

/// <summary>A whole screen.</summary>
internal sealed class TopRenderable(IReadOnlyList<TopLine> lines, int width, int height)
    : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(width, width);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int shown = Math.Min(lines.Count, height);
        for (int i = 0; i < shown; i++)
        {
            int used = 0;
            foreach ((string text, Style style) in lines[i].Fit(Math.Min(width, maxWidth)))
            {
                used += text.Length;
                yield return new Segment(text, style);
            }
            // What stood there before is written over.
            if (used < width)
                yield return new Segment(new string(' ', width - used));
            if (i < shown - 1)
                yield return Segment.LineBreak;
        }
    }
}
