using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Bridges;

/// <summary>Runs the bridges as long as the gateway.</summary>
internal sealed class BridgeService(
    IOptions<BridgesOptions> options, InboundMessages inbound, BridgeMetrics metrics, TimeProvider time, ILogger<Bridge> logger)
    : IHostedService, IAsyncDisposable
{
    private IReadOnlyList<Bridge> _bridges = [];

    /// <summary>Those that have been started.</summary>
    public IReadOnlyList<Bridge> Bridges => _bridges;

    /// <summary>Does not wait for the outside brokers: one that is down keeps no device from connecting here.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _bridges = [.. options.Value.Bridges.Select((bridge, index) => new Bridge(bridge, BridgesRule.SettingOf(index), inbound, metrics, time, logger))];
        foreach (var bridge in _bridges)
            bridge.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_bridges.Select(bridge => bridge.Stop(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var bridge in _bridges)
            await bridge.DisposeAsync();
    }
}
