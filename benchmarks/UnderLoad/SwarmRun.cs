using System.Globalization;
using System.Reflection;
using System.Text.Json;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.UnderLoad;

/// <summary>One run of the device swarm, as a process of its own so that its cost is not the server's.</summary>
internal static class SwarmRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <param name="rate">Messages a second; 0 for flat out.</param>
    public static async Task<JsonElement> Run(LoadOptions options, int port, int messages, double rate)
    {
        var assembly = typeof(SwarmRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SwarmAssembly").Value!;
        string[] arguments =
        [
            assembly, "--port", $"{port}", "--messages", $"{messages}", "--devices", $"{options.Devices}", "--connections", $"{options.Connections}",
            "--payload-bytes", $"{options.PayloadBytes}", "--rate", rate.ToString("0.###", CultureInfo.InvariantCulture), "--qos", "1", "--json",
        ];
        await using var swarm = await ChildProcess.Run("dotnet", arguments, Limit);
        return JsonDocument.Parse(swarm.Output[swarm.Output.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
    }
}
