// `packetswitch check` as a person and a script see it: texts, JSON and exit codes. The grammar itself is tested in
// PacketSwitch.Tests.

using System.Text.Json.Nodes;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class CheckCommandTests : TestFolder
{
    private const string Good = "real 1 / rip 192.0.2.5 / ena\n";

    [SkippableFact]
    public void The_walkthrough_of_the_seed_gives_exactly_the_configuration_it_describes()
    {
        const string Expected = """
            {
              "sys": {"name": "", "mac": null, "web": "off", "sessions": 1048576,
                "offload": true},
              "ifs": [{"id": 1, "addr": "1.2.3.4", "mask": "255.255.255.0", "vlan": 0, "ena": true}],
              "gws": [{"id": 1, "addr": "1.2.3.1", "ena": true}],
              "ports": [
                {"id": 1, "intf": null, "cpu": null, "loops": 1, "client": false, "server": true},
                {"id": 2, "intf": null, "cpu": null, "loops": 1, "client": false, "server": true},
                {"id": 8, "intf": null, "cpu": null, "loops": 1, "client": true, "server": false}
              ],
              "adv": {"direct": false, "grace": false, "fastage": 0, "slowage": 0, "profile": "alteon"},
              "reals": [
                {"id": 1, "name": "", "rip": "1.2.3.5", "mac": null, "weight": 1, "maxcon": 200000,
                 "tmout": 10, "backup": null, "inter": 2, "retry": 4, "restr": 1, "health": "inherit",
                 "preempt": true, "overflow": true, "ena": true},
                {"id": 2, "name": "", "rip": "1.2.3.6", "mac": null, "weight": 1, "maxcon": 200000,
                 "tmout": 10, "backup": null, "inter": 2, "retry": 4, "restr": 1, "health": "inherit",
                 "preempt": true, "overflow": true, "ena": true}
              ],
              "groups": [
                {"id": 1, "name": "", "metric": "leastconns", "health": "tcp", "content": "/", "add": [1, 2],
                 "backup": null, "slowstr": 0, "mhash": 24, "realthr": 0, "viphlth": true, "passive": false}
              ],
              "virts": [
                {"id": 1, "vname": "", "vip": "1.2.3.2", "layr3": false, "creset": false, "ena": true,
                 "services": [
                   {"id": 80, "group": 1, "rport": 8080, "protocol": "tcp", "nonat": false, "pip": [],
                    "pbind": "off", "ptmout": 10, "pmask": null, "tmout": 0, "thash": "sip", "clsrst": true,
                    "port": 80, "service": "http"}
                 ]}
              ],
              "slb": true
            }
            """;
        string walkthrough = Surroundings.Walkthrough();

        Finished check = Executable.Run("check", "--json", walkthrough).ShouldExit(0);

        JsonObject json = check.Json();
        Assert.Empty(check.Errors);
        Assert.Empty(json["errors"]!.AsArray());
        Assert.Equal(walkthrough, (string)json["file"]!);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(Expected), json["config"]), json["config"]!.ToJsonString());
        Assert.Equal(
            ["port 1 has no interface yet; add: intf NAME, or run --port 1=NAME",
                "port 2 has no interface yet; add: intf NAME, or run --port 2=NAME",
                "port 8 has no interface yet; add: intf NAME, or run --port 8=NAME"],
            json["warnings"]!.AsArray().Select(warning => (string)warning!["message"]!));
    }

    [SkippableFact]
    public void The_walkthrough_as_text_shows_its_warnings_and_ends_well()
    {
        Finished check = Executable.Run("check", Surroundings.Walkthrough()).ShouldExit(0);

        Assert.Contains("walkthrough.txt: ok, 3 warnings; ", check.OutputLines[^1], StringComparison.Ordinal);
        Assert.Equal(3, check.OutputLines.Count(line => line.Contains(": warning: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_error_is_shown_with_its_place_and_the_nearest_word_and_exits_3()
    {
        Write("bad.cfg", "real 1\n    rip 192.0.2.5\n    wieght 2\n    ena\n");

        Finished check = Executable.RunIn(At(""), "check", "bad.cfg").ShouldExit(3);

        Assert.StartsWith(
            "bad.cfg:3:5: error: unknown word 'wieght' in real 1; did you mean 'weight'?", check.Output,
            StringComparison.Ordinal);
        Assert.Contains("3 |     wieght 2\n", check.Output, StringComparison.Ordinal);
        Assert.Contains("^^^^^^", check.Output, StringComparison.Ordinal);
        Assert.StartsWith("1 error", check.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_same_error_as_the_text()
    {
        Write("bad.cfg", "real 1\n    rip 192.0.2.5\n    wieght 2\n    ena\n");

        Finished check = Executable.RunIn(At(""), "check", "bad.cfg", "--json").ShouldExit(3);

        JsonNode error = Assert.Single(check.Json()["errors"]!.AsArray())!;
        Assert.Equal("bad.cfg", (string)error["file"]!);
        Assert.Equal(3, (int)error["line"]!);
        Assert.Equal(5, (int)error["column"]!);
        Assert.Equal("error", (string)error["severity"]!);
        Assert.Equal("weight", (string)error["nearest"]!);
        Assert.Contains("weight", error["accepted"]!.AsArray().Select(word => (string)word!));
    }

    [Fact]
    public void A_missing_file_is_one_line_and_exits_2()
    {
        Finished check = Executable.RunIn(At(""), "check", "nothing.cfg");

        check.ShouldRefuse(2, "nothing.cfg: cannot read the configuration: no such file");
    }

    [Fact]
    public void A_folder_is_one_line_and_exits_2()
    {
        Directory.CreateDirectory(At("folder.cfg"));

        Finished check = Executable.RunIn(At(""), "check", "folder.cfg").ShouldExit(2);

        Assert.StartsWith("folder.cfg: cannot read the configuration: ", Assert.Single(check.ErrorLines));
    }

    [Theory]
    [InlineData(0, "good.cfg", "other.cfg")]
    [InlineData(3, "good.cfg", "bad.cfg")]
    [InlineData(2, "nothing.cfg", "good.cfg")]
    [InlineData(3, "nothing.cfg", "bad.cfg")]
    public void Several_files_are_all_checked_and_the_worst_decides(int exitCode, params string[] files)
    {
        Write("good.cfg", Good);
        Write("other.cfg", Good);
        Write("bad.cfg", "real 1 / rip 1.2.3\n");

        Finished text = Executable.RunIn(At(""), ["check", .. files]).ShouldExit(exitCode);
        JsonObject json = Executable.RunIn(At(""), ["check", "--json", .. files]).ShouldExit(exitCode).Json();

        Assert.All(files, file => Assert.Contains($"{file}:", text.Output + text.Errors, StringComparison.Ordinal));
        Assert.Equal(files, json["files"]!.AsArray().Select(file => (string)file!["file"]!));
        Assert.All(
            json["files"]!.AsArray(),
            file => Assert.Equal((string)file!["file"]! == "nothing.cfg", file!["config"] is null));
    }

    [Fact]
    public void What_json_shows_is_not_changed_by_a_second_check()
    {
        string file = Write("good.cfg", Good);

        Finished first = Executable.Run("check", "--json", file).ShouldExit(0);
        Finished second = Executable.Run("check", "--json", file).ShouldExit(0);

        Assert.Equal(first.Output, second.Output);
    }
}
