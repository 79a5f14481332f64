using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class SensorCollectorTests : IDisposable
{
    private readonly CapturedHost _host = new();

    [Fact]
    public void Sensors_are_named_by_chip_and_label_and_two_alike_are_numbered()
    {
        _host.With("sys/class/hwmon/hwmon0/name", "coretemp\n")
            .With("sys/class/hwmon/hwmon0/temp1_input", "47000\n").With("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n")
            .With("sys/class/hwmon/hwmon1/name", "nvme\n").With("sys/class/hwmon/hwmon1/temp1_input", "38850\n")
            .With("sys/class/hwmon/hwmon2/name", "nvme\n").With("sys/class/hwmon/hwmon2/temp1_input", "-1500\n")
            .With("sys/class/hwmon/hwmon3/name", "thinkpad\n").With("sys/class/hwmon/hwmon3/fan1_input", "2650\n")
            .With("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n").With("sys/class/thermal/thermal_zone0/temp", "47000\n");

        Assert.Equal(
            new()
            {
                ["temperature-coretemp-package-id-0"] = 47,
                ["temperature-nvme"] = 38.8,
                ["temperature-nvme-2"] = -1.5,
                ["fan-thinkpad"] = 2650,
            },
            CapturedHost.Collect(new SensorCollector(_host.Root)));
    }

    [Fact]
    public void A_board_without_hwmon_shows_its_thermal_zones()
    {
        _host.With("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n").With("sys/class/thermal/thermal_zone0/temp", "51540\n");

        var metrics = CapturedHost.Collect(new SensorCollector(_host.Root));

        Assert.Equal(new() { ["temperature-cpu-thermal"] = 51.5 }, metrics);
    }

    [Fact]
    public void A_virtual_machine_without_sensors_has_no_such_metrics() =>
        Assert.Empty(CapturedHost.Collect(new SensorCollector(_host.Root)));

    public void Dispose() => _host.Dispose();
}
