// Listings line up, whatever a name is written in.

using PacketSwitch.DataPlane;
using PacketSwitch.Running;
using PacketSwitch.Text;
using Xunit;

namespace PacketSwitch.Tests.Reports;

public sealed class ColumnTableTests
{
    [Fact]
    public void A_name_in_Hangul_takes_two_columns_a_letter()
    {
        var table = new ColumnTable("NAME", "CUR:", "STATE");
        table.Add("웹 1", "7", "up");
        table.Add("web-22", "12", "up");

        Assert.Equal("NAME    CUR  STATE\n웹 1      7  up\nweb-22   12  up\n", table.ToString());
    }

    [Fact]
    public void Frames_without_a_session_are_in_the_closing_line_when_there_were_any()
    {
        var none = new LoopCounters();
        var some = new LoopCounters { Stateless = 3 };

        Assert.DoesNotContain(
            "without a session", SwitchFigures.Line([none], []), StringComparison.Ordinal);
        Assert.EndsWith(
            "; without a session 5 (the table was full)",
            SwitchFigures.Line([some, new LoopCounters { Stateless = 2 }], []),
            StringComparison.Ordinal);
    }
}
