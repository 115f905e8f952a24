// What a start compiles aside is worth it only while it goes the whole way of a connection.

using PacketSwitch.Running;
using Xunit;

namespace PacketSwitch.Tests.Running;

public sealed class WarmUpTests
{
    [Fact]
    public void A_connection_goes_to_the_server_and_back()
    {
        Assert.Equal(2, WarmUp.Run());
    }
}
