using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Tests.Devices;

public sealed class DeviceDescriptionTests
{
    [Fact]
    public void Descriptions_are_equal_by_what_they_say()
    {
        var one = new DeviceDescription("Boiler", "boiler", "Cellar", ["a", "b"]);
        var same = new DeviceDescription("Boiler", "boiler", "Cellar", ["a", "b"]);

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.All(
            [one with { Name = null }, one with { Type = null }, one with { Location = "Attic" }, one with { Tags = ["b", "a"] }],
            other => Assert.NotEqual(one, other));
    }
}
