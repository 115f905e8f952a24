// Where replies go when a client's frames come from another MAC: its router failed over, or somebody forges them.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class ClientMoveTests
{
    private static readonly MacAddress OtherRouter = new(0x0200_0000_0003);

    [Fact]
    public void Replies_follow_a_client_whose_router_fails_over()
    {
        using TcpDialog dialog = new TcpDialog().Establish();
        dialog.ClientMac = OtherRouter;

        Assert.True(dialog.Client(
            TcpFlags.Ack, TcpDialog.ClientStart + 1, TcpDialog.ServerStart + 1, payload: 10));

        Assert.Equal(OtherRouter.Value, FlowPath.MacOf(dialog.Entry(fromClient: false).Path));
    }

    [Fact]
    public void Old_data_sent_again_by_way_of_another_router_moves_the_client()
    {
        using TcpDialog dialog = new TcpDialog().Establish();
        Assert.True(dialog.Client(
            TcpFlags.Ack, TcpDialog.ClientStart + 1, TcpDialog.ServerStart + 1, payload: 10));
        Assert.True(dialog.Server(
            TcpFlags.Ack, TcpDialog.ServerStart + 1, TcpDialog.ClientStart + 11, payload: 100));
        dialog.ClientMac = OtherRouter;

        Assert.True(dialog.Client(
            TcpFlags.Ack, TcpDialog.ClientStart + 1, TcpDialog.ServerStart + 1, payload: 10));

        Assert.Equal(OtherRouter.Value, FlowPath.MacOf(dialog.Entry(fromClient: false).Path));
    }

    [Theory]
    [InlineData(TcpFlags.Ack, 0x4000_0000u, 0u)]
    [InlineData(TcpFlags.Ack, 0u, 0x4000_0000u)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 0x8000_0000u, 0x8000_0000u)]
    [InlineData(TcpFlags.Syn, 0x4000_0000u, 0u)]
    [InlineData(TcpFlags.Syn, 0u, 0u)]
    public void A_forged_frame_does_not_take_the_replies_away(
        TcpFlags flags, uint sequenceOffset, uint acknowledgementOffset)
    {
        using TcpDialog dialog = new TcpDialog().Establish();
        ulong before = FlowPath.AttachmentOf(dialog.Entry(fromClient: false).Path);
        dialog.ClientMac = OtherRouter;

        dialog.Client(
            flags, TcpDialog.ClientStart + 1 + sequenceOffset,
            TcpDialog.ServerStart + 1 + acknowledgementOffset);

        Assert.Equal(before, FlowPath.AttachmentOf(dialog.Entry(fromClient: false).Path));
    }
}
