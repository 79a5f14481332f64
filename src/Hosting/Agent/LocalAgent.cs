using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.DeviceAgent;

namespace OrleansIot.Hosting.Agent;

/// <summary>The hardware agent, as a device like any other: over a real connection to this host's gateway.</summary>
internal sealed class LocalAgent(IOptions<LocalAgentOptions> options, LocalBroker broker, TimeProvider time, ILogger<HardwareAgent> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;

        var settings = new HardwareAgentOptions { Broker = broker.Options(), Interval = options.Value.Interval };
        if (options.Value.DeviceId is { } device)
            settings.DeviceId = device;

        using var agent = new HardwareAgent(settings, time, log);
        await agent.RunAsync(stoppingToken);
    }
}
