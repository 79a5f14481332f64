using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Grains.Tests;

/// <summary>Keeps what silos complain of, and what our own part of them says.</summary>
internal sealed class FailingLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines;
    private readonly bool _ours;

    public FailingLog()
        : this(new ConcurrentQueue<string>(), ours: false)
    {
    }

    private FailingLog(ConcurrentQueue<string> lines, bool ours) => (_lines, _ours) = (lines, ours);

    public IEnumerable<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("OrleansIot", StringComparison.Ordinal) ? new FailingLog(_lines, ours: true) : this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || _ours;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");
    }
}
