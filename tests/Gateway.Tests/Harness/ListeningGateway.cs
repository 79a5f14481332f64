using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A web host with its own HTTP address and the gateway beside it, on real sockets.</summary>
internal sealed class ListeningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ListeningGateway(WebApplication app) => _app = app;

    public required FakeTwins Twins { get; init; }

    public LogLines Log { get; private init; } = new();

    public MqttGatewayAddress Address => _app.Services.GetRequiredService<MqttGatewayAddress>();

    public IServiceProvider Services => _app.Services;

    public int Port => Address.Bound!.Port;

    public string HttpAddress => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static Task<ListeningGateway> Start(params string[] arguments) => Start(TimeProvider.System, arguments);

    public static Task<ListeningGateway> Start(TimeProvider time, params string[] arguments) => Start(_ => { }, time, arguments);

    /// <param name="addFirst">Adds what has to be there before the gateway is added.</param>
    public static Task<ListeningGateway> Start(Action<IServiceCollection> addFirst, TimeProvider time, params string[] arguments) =>
        Start(addFirst, _ => { }, time, arguments);

    /// <param name="addFirst">Adds what has to be there before the gateway is added.</param>
    /// <param name="addLast">Adds what starts after the gateway and stops before it.</param>
    public static async Task<ListeningGateway> Start(
        Action<IServiceCollection> addFirst, Action<IServiceCollection> addLast, TimeProvider time, params string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Gateway:Port", "0", .. arguments]);
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(time);
        var twins = new FakeTwins();
        builder.Services.AddSingleton<ITwins>(twins);
        builder.Services.AddSingleton<IngestStatistics>();
        addFirst(builder.Services);
        builder.AddMqttGateway();
        addLast(builder.Services);
        var app = builder.Build();
        app.MapGet("/", () => "hello");
        var gateway = new ListeningGateway(app) { Twins = twins, Log = log };
        await app.StartAsync();
        return gateway;
    }

    /// <summary>The gateway's own check.</summary>
    public async Task<HealthStatus> Health() => (await _app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["gateway"].Status;

    public Task Stop() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
