using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>What a gateway wrote into its log.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();
    private readonly ConcurrentQueue<Exception> _faults = new();

    /// <summary>Lines below this are put into words, and forgotten: a test that watches memory keeps few.</summary>
    public LogLevel KeepsFrom { get; set; } = LogLevel.Information;

    /// <summary>The exceptions that came with errors.</summary>
    public IReadOnlyCollection<Exception> Faults => _faults;

    public IReadOnlyCollection<string> Of(LogLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;

            var text = formatter(state, exception);
            if (logLevel >= log.KeepsFrom)
                log._lines.Enqueue((logLevel, text));
            if (logLevel >= LogLevel.Error && exception is not null)
                log._faults.Enqueue(exception);
        }
    }
}
