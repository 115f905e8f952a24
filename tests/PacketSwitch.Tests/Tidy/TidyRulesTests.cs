// The tidiness rules find what breaks them, and nothing else. The texts here are made by the tests,
// so that they break no rule themselves.

using Xunit;

namespace PacketSwitch.Tests.Tidy;

public sealed class TidyRulesTests
{
    private const string Plane = "src/PacketSwitch.DataPlane/";

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void A_file_may_have_four_hundred_lines(int lines, int found)
    {
        string text = string.Join('\n', Enumerable.Repeat("// A line.", lines)) + "\n";

        Assert.Equal(found, Count("file-lines", text));
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    public void A_line_may_have_a_hundred_columns(int columns, int found)
    {
        string text = "// First.\n// " + new string('x', columns - 3) + "\n";

        Assert.Equal(found, Count("wide-lines", text));
    }

    [Theory]
    [InlineData(70, "")]
    [InlineData(71, "src/Any.cs:Decide")]
    public void A_function_may_have_seventy_lines(int lines, string where)
    {
        string body = string.Concat(Enumerable.Repeat("        x++;\n", lines - 2));
        string text = "// First.\ninternal sealed class Any\n{\n    private static int Decide<T>(\n"
            + "        int a,\n        int b)\n    {\n" + body + "    }\n\n    public int Other()\n"
            + "    {\n        return 1;\n    }\n}\n";

        TidyFinding[] found = Check("src/Any.cs", text);

        Assert.Equal(where, string.Join(' ', found.Select(finding => finding.Where)));
    }

    [Fact]
    public void A_nested_type_is_no_function_and_its_functions_are()
    {
        string body = string.Concat(Enumerable.Repeat("            x++;\n", 80));
        string text = "// First.\nclass Any\n{\n    private readonly struct Inner(int x)\n    {\n"
            + "        public int Long()\n        {\n" + body + "        }\n    }\n}\n";

        Assert.Equal("src/Any.cs:Long", Assert.Single(Check("src/Any.cs", text)).Where);
    }

    [Theory]
    [InlineData("src/PacketSwitch.Control/Any.cs", "unsafe")]
    [InlineData(Plane + "Any.cs", "unsafe")]
    [InlineData(Plane + "Sessions/Any.cs", "")]
    [InlineData("src/PacketSwitch.PacketIo/Any.cs", "")]
    [InlineData("tests/Any.cs", "")]
    public void Unsafe_code_has_its_places(string path, string rule)
        => AssertRule(rule, path, "// First.\nuns" + "afe class Any;\n");

    [Theory]
    [InlineData(Plane + "Any.cs", "shared-memory")]
    [InlineData(Plane + "Sessions/Any.cs", "")]
    [InlineData(Plane + "Concurrency/Any.cs", "")]
    [InlineData("src/PacketSwitch.PacketIo/Any.cs", "")]
    public void What_threads_share_has_its_places(string path, string rule)
    {
        foreach (string call in (string[])["Interlocked.Increment", "Volatile.Read"])
        {
            string text = $"// First.\nclass Any\n{{\n    int A() => {call}(ref _a);\n}}\n";
            AssertRule(rule, path, text);
        }
    }

    [Theory]
    [InlineData("DateTime.UtcNow")]
    [InlineData("new Thread(Run)")]
    [InlineData("Console.WriteLine(1)")]
    [InlineData("Stopwatch.GetTimestamp()")]
    public void The_data_plane_has_no_clock_thread_or_console(string code)
    {
        string text = $"// First.\nclass Any\n{{\n    object A() => {code};\n}}\n";

        AssertRule("not-in-data-plane", Plane + "Any.cs", text);
        AssertRule("", "src/PacketSwitch.Control/Any.cs", text);
    }

    [Fact]
    public void Comments_strings_and_longer_names_are_no_code()
    {
        const string Text = """
            // A Thread, a Console.
            class Any
            {
                /* Task */
                string A => "Interlocked" + $"unsafe {Threads} \" Console" + 'x' + MyThread;
                int B => ThreadCount;
            }
            """;

        Assert.Empty(Check(Plane + "Any.cs", Text));
    }

    [Fact]
    public void A_file_begins_with_what_it_is_for()
        => AssertRule("no-opening-paragraph", "src/Any.cs", "namespace Any;\n");

    [Fact]
    public void Nothing_is_left_for_later_or_switched_off()
    {
        AssertRule("unfinished", "src/Any.cs", "// First.\n// TO" + "DO: more.\n");
        AssertRule("commented-out", "src/Any.cs", "// First.\n    // Decide(frame);\n");
        AssertRule("commented-out", "src/Any.cs", "// First.\n    // total += length;\n");
        AssertRule("", "src/Any.cs", "// First.\n    // It calls Decide (see there);\n");
    }

    [Fact]
    public void An_exception_allows_its_amount_and_no_more()
    {
        var exceptions = new TidyExceptions(
            ["wide-lines src/A.cs 3  # old", "", "# a comment", "unsafe src/B.cs 1"]);
        TidyFinding known = new("unsafe", "src/B.cs", 1);

        Assert.Empty(exceptions.Compare([new("wide-lines", "src/A.cs", 3), known]));
        Assert.Equal(
            ["src/A.cs: wide-lines 4, and 3 are allowed"],
            exceptions.Compare([new("wide-lines", "src/A.cs", 4), known]));
        Assert.Equal(
            ["src/C.cs: unsafe 1"],
            exceptions.Compare(
                [new("wide-lines", "src/A.cs", 1), known, new("unsafe", "src/C.cs", 1)]));
    }

    [Fact]
    public void An_exception_that_nothing_needs_must_go()
    {
        var exceptions = new TidyExceptions(["wide-lines src/A.cs 3"]);

        Assert.Contains("src/A.cs: keeps wide-lines now", Assert.Single(exceptions.Compare([])));
    }

    private static void AssertRule(string rule, string path, string text)
        => Assert.Equal(
            rule, string.Join(' ', Check(path, text).Select(finding => finding.Rule).Distinct()));

    private static int Count(string rule, string text)
        => Check("src/Any.cs", text).Count(finding => finding.Rule == rule);

    private static TidyFinding[] Check(string path, string text)
        => [.. TidyRules.Check(new SourceFile(path, text))];
}
