using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A gateway with a bridge to an outside broker, in front of twins that may outlive it.</summary>
internal sealed class BridgedGateway : IAsyncDisposable
{
    public const string ClientId = "the-bridge";

    private readonly WebApplication _app;

    private BridgedGateway(WebApplication app, LogLines log) => (_app, Log) = (app, log);

    public LogLines Log { get; }

    public int Port => _app.Services.GetRequiredService<MqttGatewayAddress>().Bound!.Port;

    public IngestStatistics Statistics => _app.Services.GetRequiredService<IngestStatistics>();

    /// <summary>Settings of the first bridge, by what comes after <c>Gateway:Bridges:0:</c>.</summary>
    public static string[] Settings(params (string Name, string Value)[] settings) =>
        [.. settings.SelectMany(setting => new[] { $"--Gateway:Bridges:0:{setting.Name}", setting.Value })];

    public static async Task<BridgedGateway> Start(ITwins twins, Mosquitto outside, TimeProvider time, params string[] more)
    {
        string[] usual =
        [
            .. Settings(("Name", "plant"), ("Host", "127.0.0.1"), ("Port", $"{outside.Port}"), ("ClientId", ClientId),
                ("Filters:0", "fleet/+/telemetry"), ("LongestReconnectPause", "00:00:00.2")),
            .. Settings(("TopicMap:0:From", "fleet/+/telemetry"), ("TopicMap:0:To", "dt/devices/{1}/telemetry")),
        ];
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Gateway:Port", "0", .. usual, .. more]);
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(twins);
        builder.Services.AddSingleton<IngestStatistics>();
        builder.AddMqttGateway();
        var gateway = new BridgedGateway(builder.Build(), log);
        try
        {
            await gateway._app.StartAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts, and waits until the outside broker has the bridge's subscription.</summary>
    public static async Task<BridgedGateway> StartSubscribed(ITwins twins, Mosquitto outside, params string[] more)
    {
        var subscribed = outside.Says($"{ClientId} 1 ");
        var gateway = await Start(twins, outside, TimeProvider.System, more);
        await subscribed;
        return gateway;
    }

    public async Task<HealthReportEntry> Health(string check) =>
        (await _app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[check];

    /// <summary>Stops as an operator does: what is on its way ends first.</summary>
    public Task Stop() => _app.StopAsync();

    /// <summary>Without <see cref="Stop"/> before it: ends in the middle of whatever goes on.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
