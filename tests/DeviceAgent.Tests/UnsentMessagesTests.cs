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

        Assert.Equal([3, 4, 5], Rest(unsent));
        Assert.Equal(2, unsent.Dropped);
    }

    [Fact]
    public void One_that_comes_back_takes_its_old_place_or_goes_as_the_oldest()
    {
        var unsent = Filled(capacity: 3, messages: 3);
        Assert.True(unsent.TryTake(out var number, out var oldest));

        Assert.True(unsent.Add(number, oldest));
        Assert.False(unsent.Add(4, [4]));
        Assert.False(unsent.Add(number, oldest));

        Assert.Equal([2, 3, 4], Rest(unsent));
        Assert.Equal(2, unsent.Dropped);
    }

    private static UnsentMessages Filled(int capacity, byte messages)
    {
        var unsent = new UnsentMessages(capacity);
        for (byte i = 1; i <= messages; i++)
            unsent.Add(i, [i]);

        return unsent;
    }

    private static List<int> Rest(UnsentMessages unsent)
    {
        var rest = new List<int>();
        while (unsent.TryTake(out _, out var message))
            rest.Add(message[0]);

        return rest;
    }
}
