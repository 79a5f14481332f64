namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Temperatures in °C and fans in revolutions per minute, where the machine shows them.</summary>
internal sealed class SensorCollector : ICollector
{
    private readonly List<Sensor> _temperatures = [];
    private readonly List<Sensor> _fans = [];

    public SensorCollector(string root)
    {
        var chips = Folders(Path.Combine(root, "sys/class/hwmon"), "hwmon*");
        Find(chips, "temp", _temperatures);
        Find(chips, "fan", _fans);
        if (_temperatures.Count == 0)
        {
            // Thermal zones show up as hwmon chips as well on most kernels; elsewhere they are all there is.
            FindThermalZones(root);
        }
    }

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        message.Section("temperature");
        foreach (var sensor in _temperatures)
        {
            if (sensor.Read() is { } thousandths)
                message.Number(sensor.MetricName, thousandths / 1000.0, 1);
        }

        message.Section("fan");
        foreach (var sensor in _fans)
        {
            if (sensor.Read() is { } revolutionsPerMinute)
                message.Number(sensor.MetricName, revolutionsPerMinute);
        }
    }

    private static void Find(string[] chips, string kind, List<Sensor> found)
    {
        var names = new HashSet<string>();
        foreach (var chip in chips)
        {
            var inputs = Directory.GetFiles(chip, $"{kind}*_input");
            Array.Sort(inputs, StringComparer.Ordinal);
            foreach (var input in inputs)
            {
                var label = Text(input[..^"input".Length] + "label");
                var name = MetricName.From($"{Text(Path.Combine(chip, "name"))} {label}");
                found.Add(new Sensor(MetricName.Unique(name, names), new HostFile(input)));
            }
        }
    }

    private void FindThermalZones(string root)
    {
        var names = new HashSet<string>();
        foreach (var zone in Folders(Path.Combine(root, "sys/class/thermal"), "thermal_zone*"))
        {
            var name = MetricName.From(Text(Path.Combine(zone, "type")));
            _temperatures.Add(new Sensor(MetricName.Unique(name, names), new HostFile(Path.Combine(zone, "temp"))));
        }
    }

    private static string[] Folders(string parent, string pattern)
    {
        var folders = Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern) : [];
        Array.Sort(folders, StringComparer.Ordinal);
        return folders;
    }

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    private sealed record Sensor(string MetricName, HostFile Input)
    {
        public long? Read()
        {
            var content = Input.Read();
            return content.IsEmpty ? null : new Fields(content.TrimEnd((byte)'\n')).NextNumber();
        }
    }
}
