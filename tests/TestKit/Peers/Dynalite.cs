using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>
/// DynamoDB by somebody else (the npm package dynalite), with what it lacks added by <c>dynalite/server.js</c>: transactions,
/// time to live, and faults on demand. On a loopback port of its own, which the tests start, kill and end themselves.
/// </summary>
public sealed partial class Dynalite : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private readonly HttpClient _control = new();
    private readonly string? _folder;
    private ChildProcess? _process;

    private Dynalite(string? folder) => _folder = folder;

    public int Port { get; } = FreePort.Find();

    public string Url => $"http://127.0.0.1:{Port}";

    public ChildProcess Process => _process ?? throw new InvalidOperationException("Dynalite is not running.");

    /// <summary>Whether this machine has what it takes.</summary>
    public static bool IsInstalled => Installed.Find("node") is not null && Installed.FindPackage("dynalite") is not null;

    /// <summary>Starts it, or skips the test where there is none to start.</summary>
    /// <param name="keepsData">Whether what is stored outlives a <see cref="Kill"/>.</param>
    public static async Task<Dynalite> Start(bool keepsData = false)
    {
        Require();
        var dynalite = new Dynalite(keepsData ? Directory.CreateTempSubdirectory("dynalite-").FullName : null);
        await dynalite.Restart();
        return dynalite;
    }

    /// <summary>Skips the test that asks where it is not installed.</summary>
    public static void Require()
    {
        Installed.Require("node");
        Installed.RequirePackage("dynalite");
    }

    /// <summary>Starts it again on the same port, after a <see cref="Kill"/> or instead of one.</summary>
    public async Task Restart()
    {
        await Kill();
        var server = Path.Combine(AppContext.BaseDirectory, "Peers", "dynalite", "server.js");
        string[] path = _folder is null ? [] : ["--path", _folder];
        _process = ChildProcess.Start(Installed.Require("node"), [server, "--dynalite", Installed.RequirePackage("dynalite"), "--port", $"{Port}", .. path]);
        await _process.Line(Listening(), Limit);
    }

    /// <summary>The next requests of that operation fail in this way.</summary>
    /// <param name="table">Only where the request names it; a part of the name is enough.</param>
    public async Task Fail(string operation, DynamoFault fault, int times = 1, string? table = null)
    {
        object request = fault switch
        {
            DynamoFault.Throttled => new { operation, table, times, kind = "error", error = "ProvisionedThroughputExceededException" },
            DynamoFault.TransactionConflict => new { operation, table, times, kind = "error", error = "TransactionCanceledException", body = new { CancellationReasons = new[] { new { Code = "TransactionConflict" } } } },
            DynamoFault.AccessDenied => new { operation, table, times, kind = "error", error = "AccessDeniedException" },
            DynamoFault.Unavailable => new { operation, table, times, kind = "unavailable" },
            DynamoFault.ConnectionLost => new { operation, table, times, kind = "refuse-connection" },
            DynamoFault.ResponseLost => new { operation, table, times, kind = "lose-response" },
            _ => new { operation, table, times, kind = "unprocessed" },
        };
        using var response = await _control.PostAsJsonAsync($"{Url}/_faults", new[] { request }, JsonSerializerOptions.Default);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How many requests of each operation came since it was last asked.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Counts() =>
        await _control.GetFromJsonAsync<Dictionary<string, int>>($"{Url}/_counts") ?? [];

    /// <summary>Ends it without a word.</summary>
    public async Task Kill()
    {
        if (_process is { } process)
            await process.DisposeAsync();

        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        _control.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"dynalite listening on \d+")]
    private static partial Regex Listening();
}

/// <summary>How a request can fail.</summary>
public enum DynamoFault
{
    Throttled,
    TransactionConflict,
    AccessDenied,
    Unavailable,

    /// <summary>Nothing was done.</summary>
    ConnectionLost,

    /// <summary>All was done, and nobody heard of it.</summary>
    ResponseLost,

    /// <summary>Of a batch, all but the first item is handed back.</summary>
    Unprocessed,
}
