using Microsoft.Extensions.Logging;

namespace OrleansIot.DeviceAgent.Tests;

/// <summary>A log that tells a test when something has been said.</summary>
internal sealed class ListeningLog<T> : ILogger<T>
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource Heard)> _awaited = [];

    /// <summary>Completes when a line with this text has been logged, earlier ones included.</summary>
    public Task Says(string text)
    {
        lock (_lock)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Exists(line => line.Contains(text)))
                heard.SetResult();
            else
                _awaited.Add((text, heard));

            return heard.Task;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            var said = formatter(state, exception);
            _lines.Add(said);
            foreach (var (text, heard) in _awaited)
            {
                if (said.Contains(text))
                    heard.TrySetResult();
            }
        }
    }
}
