using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Mqtt.Tests.Sessions;

public sealed class PacketIdAllocatorTests
{
    [Fact]
    public void All_identifiers_but_zero_are_handed_out_once_and_then_none()
    {
        var ids = new PacketIdAllocator();
        var seen = new HashSet<ushort>();
        while (ids.TryTake(out var id))
            Assert.True(seen.Add(id));
        Assert.Equal(65_535, seen.Count);
        Assert.DoesNotContain((ushort)0, seen);
    }

    [Fact]
    public void A_released_identifier_comes_back_last()
    {
        var ids = new PacketIdAllocator();
        ids.TryTake(out var first);
        Assert.True(ids.Release(first));
        Assert.False(ids.Release(first));
        for (var i = 1; i < 65_535; i++)
        {
            Assert.True(ids.TryTake(out var next));
            Assert.NotEqual(first, next);
        }

        Assert.True(ids.TryTake(out var last));
        Assert.Equal(first, last);
    }
}
