using System.Text.RegularExpressions;
using OrleansIot.TestKit.Processes;
using OrleansIot.TestKit.Time;

namespace OrleansIot.TestKit.Peers;

/// <summary>A real broker on a loopback port of its own, which the tests start, kill and end themselves.</summary>
public sealed partial class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeLimit.Usual;

    private readonly string _folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
    private ChildProcess? _process;

    private Mosquitto()
    {
    }

    public int Port { get; } = FreePort.Find();

    public ChildProcess Process => _process ?? throw new InvalidOperationException("The broker is not running.");

    private string Configuration => Path.Combine(_folder, "mosquitto.conf");

    /// <summary>Starts a broker, or skips the test where there is none to start.</summary>
    /// <param name="settings">Lines of its configuration beyond those that every test wants.</param>
    public static Task<Mosquitto> Start(params string[] settings)
    {
        Installed.Require("mosquitto");
        return Start(new Mosquitto(), settings);
    }

    /// <summary>Starts the broker again on the same port, after a <see cref="Kill"/> or instead of one.</summary>
    public async Task Restart()
    {
        await Kill();
        _process = ChildProcess.Start(Installed.Require("mosquitto"), ["-c", Configuration]);
        await _process.Line(Running(), Limit);
    }

    /// <summary>Completes with the next line of the broker's log that contains the text.</summary>
    public Task Says(string text) => Process.NextLine(new Regex(Regex.Escape(text)), Limit);

    /// <summary>Ends the broker without a word, as a power cut would.</summary>
    public async Task Kill()
    {
        if (_process is { } process)
            await process.DisposeAsync();

        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Mosquitto> Start(Mosquitto broker, string[] settings)
    {
        await File.WriteAllLinesAsync(
            broker.Configuration,
            [
                $"listener {broker.Port} 127.0.0.1",
                "allow_anonymous true",
                "max_queued_messages 100000",
                "user root", // Of no effect for anyone else; root's temporary files could not be read by another user.
                "log_dest stderr",
                "log_type error",
                "log_type warning",
                "log_type notice",
                "log_type information",
                "log_type subscribe",
                .. settings,
            ]);
        await broker.Restart();
        return broker;
    }

    [GeneratedRegex("mosquitto version .* running")]
    private static partial Regex Running();
}
