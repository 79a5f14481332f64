using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Tests.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Devices;

public sealed class DeviceFirmwareTests
{
    private static readonly DeviceDescription Stated = DeviceDescription.None with { Firmware = "1.0" };

    [Fact]
    public void Where_nobody_says_it_is_unknown() => Assert.Null(DeviceFirmware.Of(new Story().When(Reports(0, 20)).Twin));

    [Fact]
    public void What_people_state_counts_until_the_device_says_something_else()
    {
        var story = new Story().When(Describes(0, Stated), Reports(1, 20));
        Assert.Equal(new DeviceFirmware("1.0", Reported: false), DeviceFirmware.Of(story.Twin));

        story.When(Reports(2, "1.1", "firmware-version"));
        Assert.Equal(new DeviceFirmware("1.1", Reported: true), DeviceFirmware.Of(story.Twin));

        story.When(Reports(3, "1.2", "firmware"));
        Assert.Equal(new DeviceFirmware("1.2", Reported: true), DeviceFirmware.Of(story.Twin));
    }

    [Fact]
    public void A_number_is_no_version() =>
        Assert.Equal(new DeviceFirmware("1.0", Reported: false), DeviceFirmware.Of(new Story().When(Describes(0, Stated), Reports(1, 12, "firmware")).Twin));
}
