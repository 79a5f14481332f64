using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansIot.Tests.Peers;

/// <summary>A real broker on a free loopback port, which the tests start, kill and end themselves.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
    private readonly string _configuration;
    private readonly List<(string Text, TaskCompletionSource Heard)> _awaited = [];
    private Process? _process;

    private Mosquitto(int port, string[] settings)
    {
        Port = port;
        _configuration = Path.Combine(_folder, "mosquitto.conf");
        File.WriteAllLines(
            _configuration,
            [
                $"listener {port} 127.0.0.1",
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
    }

    public int Port { get; }

    /// <summary>Starts a broker, or skips the test where there is none to start.</summary>
    public static async Task<Mosquitto> Start(params string[] settings)
    {
        Assert.SkipUnless(Find("mosquitto") is not null && Find("mosquitto_sub") is not null,
            "NOT TESTED: this test needs a real broker. Install it: apt-get install mosquitto mosquitto-clients.");
        var broker = new Mosquitto(FreePort(), settings);
        await broker.Restart();
        return broker;
    }

    /// <summary>The path of a program of the broker's package, or null.</summary>
    public static string? Find(string program) =>
        new[] { "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin", "/opt/homebrew/bin" }
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Starts the broker again on the same port.</summary>
    public async Task Restart()
    {
        _process = Process.Start(new ProcessStartInfo(Find("mosquitto")!, ["-c", _configuration]) { RedirectStandardError = true })!;
        var running = Says("running");
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
        await running.Within(StartLimit, "mosquitto saying that it runs");
    }

    /// <summary>Completes with the next line of the broker's log that contains the text.</summary>
    public Task Says(string text)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
            _awaited.Add((text, heard));

        return heard.Task;
    }

    /// <summary>Ends the broker without a word, as a power cut would.</summary>
    public async Task Kill()
    {
        if (_process is not { } process)
            return;

        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_folder, recursive: true);
    }

    private void Hear(string? line)
    {
        lock (_awaited)
        {
            foreach (var (text, heard) in _awaited)
            {
                if (line is null)
                    heard.TrySetException(new InvalidOperationException($"mosquitto ended before it said '{text}'."));
                else if (line.Contains(text))
                    heard.TrySetResult();
            }

            _awaited.RemoveAll(entry => entry.Heard.Task.IsCompleted);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
