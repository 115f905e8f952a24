// The check command as a person and as a script see it: output, JSON, exit codes.

using System.Text.Json;
using PacketSwitch.Commands;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class CheckCommandTests : IDisposable
{
    private const string Good = """
        port 8 / intf eth0 / client ena
        port 1 / intf eth1 / server ena
        if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
        gw 1 / addr 192.0.2.1 / ena
        real 1 / name web1 / rip 192.0.2.5 / ena
        group 1 / add 1
        virt 1 / vname web / vip 192.0.2.2 / ena / service 80 http / rport 8080
        slb on
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory(
        "packetswitch-check-").FullName;
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_good_file_prints_one_line_and_exits_0()
    {
        string file = Write("good.cfg", Good);

        Assert.Equal(0, Run(file));
        Assert.Equal(
            $"{file}: ok; 1 real, 1 group, 1 virt with 1 service, 2 ports, 1 if, 1 gw, slb on\n",
            _output.ToString());
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public void Json_shows_every_object_by_its_words()
    {
        string file = Write("good.cfg", Good);

        Assert.Equal(0, Run("--json", file));
        JsonElement root = Json();
        JsonElement config = root.GetProperty("config");

        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.Empty(root.GetProperty("errors").EnumerateArray());
        Assert.Empty(root.GetProperty("warnings").EnumerateArray());
        Assert.Equal("""{"id":8,"intf":"eth0","cpu":null,"loops":1,"client":true,"server":false}""",
            config.GetProperty("ports")[1].GetRawText());
        Assert.Equal("""{"id":1,"addr":"192.0.2.4","mask":"255.255.255.0","vlan":0,"ena":true}""",
            config.GetProperty("ifs")[0].GetRawText());
        Assert.Equal("""{"id":1,"addr":"192.0.2.1","ena":true}""",
            config.GetProperty("gws")[0].GetRawText());
        Assert.Equal("192.0.2.5", config.GetProperty("reals")[0].GetProperty("rip").GetString());
        Assert.Equal(200_000, config.GetProperty("reals")[0].GetProperty("maxcon").GetInt32());
        Assert.Equal([1], config.GetProperty("groups")[0].GetProperty("add").EnumerateArray()
            .Select(id => id.GetInt32()));
        JsonElement service = config.GetProperty("virts")[0].GetProperty("services")[0];
        Assert.Equal((80, "http", 8080, 1),
            (service.GetProperty("port").GetInt32(), service.GetProperty("service").GetString(),
            service.GetProperty("rport").GetInt32(), service.GetProperty("group").GetInt32()));
        Assert.True(config.GetProperty("slb").GetBoolean());
    }

    [Fact]
    public void Json_shows_every_problem_with_its_place()
    {
        string file = Write(
            "bad.cfg", "real 1\n    wieght 2\n    rip 192.0.2.5\n    ena\ngroup 1\n");

        Assert.Equal(3, Run("--json", file));
        JsonElement error = Assert.Single(Json().GetProperty("errors").EnumerateArray());
        JsonElement warning = Assert.Single(Json().GetProperty("warnings").EnumerateArray());

        Assert.Equal(file, error.GetProperty("file").GetString());
        Assert.Equal(
            (2, 5), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.Equal("error", error.GetProperty("severity").GetString());
        Assert.Equal("unknown word 'wieght' in real 1; did you mean 'weight'?",
            error.GetProperty("message").GetString());
        Assert.Equal("weight", error.GetProperty("nearest").GetString());
        Assert.Contains("maxcon", error.GetProperty("accepted").EnumerateArray()
            .Select(word => word.GetString()));
        Assert.Equal("group 1 has no real servers; add: add NUMBER", warning.GetProperty("message").GetString());
        Assert.Equal("warning", warning.GetProperty("severity").GetString());
    }

    [Fact]
    public void Each_of_several_files_is_a_configuration_on_its_own()
    {
        string good = Write("good.cfg", Good);
        string bad = Write("bad.cfg", "group 1\n    add 1\n");

        Assert.Equal(3, Run("--json", good, bad));
        JsonElement root = Json();

        Assert.Equal([good, bad], root.GetProperty("files").EnumerateArray()
            .Select(file => file.GetProperty("file").GetString()));
        Assert.Equal("group 1 adds real 1, which is not defined (none is defined)",
            root.GetProperty("errors")[0].GetProperty("message").GetString());
        JsonElement badFile = root.GetProperty("files")[1];
        Assert.Single(badFile.GetProperty("errors").EnumerateArray());
        Assert.Single(root.GetProperty("errors").EnumerateArray());
        JsonElement goodConfig = root.GetProperty("files")[0].GetProperty("config");
        Assert.Equal("192.0.2.2", goodConfig.GetProperty("virts")[0].GetProperty("vip").GetString());
    }

    [Fact]
    public void A_file_that_cannot_be_read_exits_2_and_says_why()
    {
        string missing = Path.Combine(_folder, "missing.cfg");
        string binary = Write("binary.cfg", "real\0one");

        Assert.Equal(2, Run(missing, _folder, binary, Write("good.cfg", Good)));
        Assert.Equal($"""
            {missing}: cannot read the configuration: no such file
            {_folder}: cannot read the configuration: it is a directory
            {binary}: cannot read the configuration: it is not a text

            """, _errors.ToString());
        Assert.Contains("good.cfg: ok", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_in_json_too()
    {
        Assert.Equal(2, Run("--json", Path.Combine(_folder, "missing.cfg")));

        Assert.Equal("cannot read the configuration: no such file",
            Json().GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, Json().GetProperty("config").ValueKind);
    }

    private JsonElement Json() => JsonDocument.Parse(_output.ToString()).RootElement;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private int Run(params string[] arguments) =>
        CheckCommand.Run([.. arguments.Where(argument => argument != "--json")],
            arguments.Contains("--json"), _output, _errors);
}
