using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.Gateway;
using OrleansIot.Mqtt.Client;
using OrleansIot.Silo.Peers;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Silo.Tests.Peers;

/// <summary>Silos of real Orleans, with real sockets between them and to their clients, and of the product the gateway alone.</summary>
internal sealed class PeerCluster : IAsyncDisposable
{
    private readonly List<IHost> _silos = [];
    private readonly List<MqttClient> _clients = [];
    private IPEndPoint? _primary;

    /// <summary>Starts one more silo.</summary>
    public async Task<IHost> Start()
    {
        var port = FreePort.Find();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("Gateway:Port", "0")]);
        builder.Services.AddSingleton<ITwins, AcceptingTwins>();
        builder.Services.AddSingleton<IngestStatistics>();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(port, gatewayPort: 0, _primary));
        builder.Services.AddSiloPeers();
        builder.AddMqttGateway();
        var host = builder.Build();
        _silos.Add(host);
        await host.StartAsync();
        _primary ??= new IPEndPoint(IPAddress.Loopback, port);
        return host;
    }

    public async Task<IHost[]> Start(int silos)
    {
        var started = new IHost[silos];
        for (var i = 0; i < silos; i++)
            started[i] = await Start();
        return started;
    }

    public async Task Stop(IHost silo)
    {
        _silos.Remove(silo);
        await silo.StopAsync();
        silo.Dispose();
    }

    public async Task<MqttClient> Connect(IHost silo, string clientId = "")
    {
        var port = silo.Services.GetRequiredService<MqttGatewayAddress>().Bound!.Port;
        var client = await MqttClient.Connect(new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = clientId });
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();

        // The first keeps the membership.
        foreach (var silo in Enumerable.Reverse(_silos).ToList())
            await Stop(silo);
    }
}
