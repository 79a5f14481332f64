using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace OrleansIot.TestKit.Processes;

/// <summary>A program under test or a peer of it: its output is kept, lines can be awaited, and it is ended by its own id.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _awaited = [];

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    public static ChildProcess Start(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, e) => child.Take(e.Data);
        child._process.ErrorDataReceived += (_, e) => child.Take(e.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it is killed.</exception>
    public static async Task<ChildProcess> Run(string program, IEnumerable<string> arguments, TimeSpan limit, string? folder = null)
    {
        var child = Start(program, arguments, folder);
        try
        {
            await child.Exited(limit);
            return child;
        }
        catch (TimeoutException)
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first line, past or future, that matches.</summary>
    public async Task<Match> Line(Regex pattern, TimeSpan limit)
    {
        TaskCompletionSource<Match> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success) is { } already)
                return already;

            _awaited.Add((pattern, found));
        }

        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(found.Task.WaitAsync(limit), ended) == ended && !found.Task.IsCompleted)
            throw new InvalidOperationException($"It ended with exit code {_process.ExitCode} before it printed a line like '{pattern}'. It printed:\n{Output}");

        try
        {
            return await found.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No line like '{pattern}' within {limit.TotalSeconds} s. It printed:\n{Output}");
        }
    }

    public async Task<int> Exited(TimeSpan limit)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}' did not end within {limit.TotalSeconds} s. It printed:\n{Output}");
        }
    }

    /// <summary>As Ctrl-C does.</summary>
    public void SendInterrupt() => _ = Kill(_process.Id, Interrupt);

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillHard()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillHard();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;

        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (pattern, found) in _awaited)
            {
                if (pattern.Match(line) is { Success: true } match)
                    found.TrySetResult(match);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
