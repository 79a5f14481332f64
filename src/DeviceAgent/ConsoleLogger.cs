using Microsoft.Extensions.Logging;

namespace OrleansIot.DeviceAgent;

/// <summary>Writes what happens to standard error, a line each; the machine's journal adds the rest.</summary>
internal sealed class ConsoleLogger<T>(TimeProvider time) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Console.Error.WriteLine($"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} {logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
    }
}
