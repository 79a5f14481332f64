namespace OrleansIot.DeviceAgent.Tests;

public sealed class UnsentMessagesTests
{
    [Fact]
    public void Messages_come_out_in_order()
    {
        var unsent = Filled(capacity: 3, messages: 3);

        Assert.Equal([1, 2, 3], Rest(unsent));
        Assert.Equal(0, unsent.Dropped);
    }

    [Fact]
    public void When_it_is_full_the_oldest_goes_and_is_counted()
    {
        var unsent = Filled(capacity: 3, messages: 5);

        Assert.True(unsent.IsOverflowing);
        Assert.Equal([3, 4, 5], Rest(unsent));
        Assert.Equal(2, unsent.Dropped);
        Assert.False(unsent.IsOverflowing);
    }

    private static UnsentMessages Filled(int capacity, byte messages)
    {
        var unsent = new UnsentMessages(capacity);
        for (byte i = 1; i <= messages; i++)
            unsent.Add([i]);

        return unsent;
    }

    private static List<int> Rest(UnsentMessages unsent)
    {
        var rest = new List<int>();
        while (unsent.TryTake(out var message))
            rest.Add(message[0]);

        return rest;
    }
}
