using System.Text.Json;
using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

/// <summary>A folder that looks like the root of a machine: proc, sys and etc with captured content.</summary>
internal sealed class CapturedHost : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("captured-host-").FullName;

    public CapturedHost With(string path, string content)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    public CapturedHost WithFolder(string path)
    {
        Directory.CreateDirectory(Path.Combine(Root, path));
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>What the collector says, keys flattened with dashes as the server does.</summary>
    public static Dictionary<string, double> Collect(ICollector collector, TimeSpan elapsed = default)
    {
        using var message = new MetricMessage();
        message.Begin(DateTimeOffset.UnixEpoch, "", 0);
        collector.Collect(message, elapsed);
        var numbers = Numbers(message.Complete());
        numbers.Remove("sequence"); // the message's, not the collector's
        return numbers;
    }

    public static Dictionary<string, double> Numbers(byte[] message)
    {
        var numbers = new Dictionary<string, double>();
        using var json = JsonDocument.Parse(message, new JsonDocumentOptions { AllowDuplicateProperties = false });
        Flatten("", json.RootElement, numbers);
        return numbers;
    }

    private static void Flatten(string prefix, JsonElement element, Dictionary<string, double> numbers)
    {
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Flatten($"{prefix}{property.Name}-", property.Value, numbers);
                    break;
                case JsonValueKind.Number:
                    numbers.Add(prefix + property.Name, property.Value.GetDouble());
                    break;
            }
        }
    }
}
