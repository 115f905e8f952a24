// The dashboard's files: what a browser gets of them, and from where.

using System.IO.Compression;
using PacketSwitch.Web;
using Xunit;

namespace PacketSwitch.Tests.Web;

public sealed class PageFilesTests
{
    private const int MostBytes = 100_000;

    private static string[] Files
        => [.. Directory.GetFiles(PageFiles.Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "LICENSE")];

    [Fact]
    public void The_whole_page_is_less_than_100_KB_when_packed()
    {
        long packed = Files.Sum(file => Packed(File.ReadAllBytes(file)));

        Assert.InRange(packed, 1, MostBytes);
    }

    [Fact]
    public void No_file_of_the_page_names_another_place()
    {
        foreach (string file in Files.Where(file => !file.Contains("uplot")))
        {
            string text = File.ReadAllText(file).Replace("http://www.w3.org/2000/svg", "");

            Assert.DoesNotMatch(@"https?:|[""'(]//", text);
        }
    }

    private static long Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(plain);
        return packed.Length;
    }
}
