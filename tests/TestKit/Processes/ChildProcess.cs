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
    private readonly Action<string>? _heard;
    private bool _disposed;

    private ChildProcess(Process process, Action<string>? heard)
    {
        _process = process;
        _heard = heard;
    }

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

    /// <param name="heard">Told of each line as it is printed.</param>
    /// <param name="input">What it reads; null: nothing is given to it.</param>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? folder = null, Action<string>? heard = null, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        var child = new ChildProcess(new Process { StartInfo = start }, heard);
        child._process.OutputDataReceived += (_, e) => child.Take(e.Data);
        child._process.ErrorDataReceived += (_, e) => child.Take(e.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        if (input is not null)
        {
            child._process.StandardInput.Write(input);
            child._process.StandardInput.Close();
        }

        return child;
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it is killed.</exception>
    public static async Task<ChildProcess> Run(string program, IEnumerable<string> arguments, TimeSpan limit, string? folder = null, string? input = null)
    {
        var child = Start(program, arguments, folder, input: input);
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
    public Task<Match> Line(Regex pattern, TimeSpan limit)
    {
        lock (_lock)
        {
            return _lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success) is { } already
                ? Task.FromResult(already)
                : NextLine(pattern, limit);
        }
    }

    /// <summary>The first line from now on that matches.</summary>
    public Task<Match> NextLine(Regex pattern, TimeSpan limit)
    {
        var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _awaited.Add((pattern, found));

        return Await(pattern, found, limit);
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
        if (_disposed)
            return;

        _disposed = true;
        await KillHard();
        _process.Dispose();
    }

    private async Task<Match> Await(Regex pattern, TaskCompletionSource<Match> found, TimeSpan limit)
    {
        var inTime = found.Task.WaitAsync(limit);
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(inTime, ended) == ended && !found.Task.IsCompleted)
            throw new InvalidOperationException($"It ended with exit code {_process.ExitCode} before it printed a line like '{pattern}'. It printed:\n{Output}");

        try
        {
            return await inTime;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No line like '{pattern}' within {limit.TotalSeconds} s. It printed:\n{Output}");
        }
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

            _awaited.RemoveAll(awaited => awaited.Found.Task.IsCompleted);
        }

        _heard?.Invoke(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
