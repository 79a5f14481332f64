using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Notifications.Ports;

namespace OrleansIot.Notifications.Tests.Host;

/// <summary>The channels and the dispatcher as a host runs them, over an outbox and a clock that outlive it.</summary>
internal sealed class NotifyingHost : IAsyncDisposable
{
    private readonly IHost _host;

    private NotifyingHost(IHost host, LogLines log)
    {
        _host = host;
        Log = log;
    }

    public LogLines Log { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<NotifyingHost> Started(IOutbox outbox, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var log = new LogLines();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value)));
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(outbox);
        builder.Services.AddNotifications(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return new NotifyingHost(host, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
