using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.UnderLoad;

/// <summary>One run of the device swarm, as a process of its own so that its cost is not the server's.</summary>
public sealed partial class SwarmRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ChildProcess _process;

    private SwarmRun(ChildProcess process) => _process = process;

    private static string SwarmAssembly =>
        typeof(SwarmRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SwarmAssembly").Value!;

    /// <summary>Runs a swarm with these arguments to its end, and answers what it reports.</summary>
    public static async Task<JsonElement> Run(params IEnumerable<string> arguments)
    {
        await using var run = new SwarmRun(ChildProcess.Start("dotnet", [SwarmAssembly, .. arguments, "--json"]));
        return await run.Ended();
    }

    /// <summary>Starts a swarm that listens, and answers once it is subscribed.</summary>
    public static async Task<SwarmRun> Listen(params IEnumerable<string> arguments)
    {
        var run = new SwarmRun(ChildProcess.Start("dotnet", [SwarmAssembly, .. arguments, "--json"]));
        await run._process.Line(Listening(), Limit);
        return run;
    }

    /// <summary>What it reports once it has ended by itself.</summary>
    public async Task<JsonElement> Ended()
    {
        await _process.Exited(Limit);
        var output = _process.Output;
        return output.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at
            ? JsonDocument.Parse(output[at..]).RootElement
            : throw new InvalidOperationException($"The swarm reported nothing. It printed:\n{output}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <param name="rate">Messages a second; 0 for flat out.</param>
    /// <param name="settle">The first so long does not count in the latency.</param>
    internal static Task<JsonElement> Run(LoadOptions options, int port, int messages, double rate, TimeSpan settle = default) => Run(
        "--port", $"{port}", "--messages", $"{messages}", "--devices", $"{options.Devices}", "--connections", $"{options.Connections}",
        "--payload-bytes", $"{options.PayloadBytes}", "--rate", rate.ToString("0.###", CultureInfo.InvariantCulture), "--qos", "1", "--settle", settle.ToString("c"));

    [GeneratedRegex("^listening$")]
    private static partial Regex Listening();
}
