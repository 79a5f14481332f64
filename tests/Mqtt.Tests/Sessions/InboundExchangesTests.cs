using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Mqtt.Tests.Sessions;

public sealed class InboundExchangesTests
{
    private readonly InboundExchanges _exchanges = new();

    [Fact]
    public void A_copy_is_known_until_its_release_and_a_message_that_is_not_taken_over_yet_is_told_apart()
    {
        Assert.Equal(InboundStep.New, _exchanges.Take(7));
        Assert.Equal(InboundStep.Pending, _exchanges.Take(7));
        _exchanges.Complete(7);
        Assert.Equal(InboundStep.Received, _exchanges.Take(7));
        Assert.True(_exchanges.Release(7));
        Assert.False(_exchanges.Release(7));
        Assert.Equal(InboundStep.New, _exchanges.Take(7));
    }

    [Fact]
    public void Each_identifier_counts_once_on_the_connection_that_uses_it()
    {
        _exchanges.Take(1);
        _exchanges.Take(1);
        _exchanges.Take(2);
        Assert.Equal(2, _exchanges.OpenCount);

        _exchanges.Connect();
        Assert.Equal(0, _exchanges.OpenCount);
        _exchanges.Take(1);
        Assert.Equal(1, _exchanges.OpenCount);
        _exchanges.Release(2);
        Assert.Equal(1, _exchanges.OpenCount);
        _exchanges.Release(1);
        Assert.Equal(0, _exchanges.OpenCount);
    }
}
