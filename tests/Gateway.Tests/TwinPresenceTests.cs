using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Tests.Harness;
using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests;

/// <summary>
/// From the socket to the twin, as the Standalone edition puts them together, over a store in memory that outlives the host. The
/// clock stands still unless the test moves it: what is seen without moving it is seen at once.
/// </summary>
public sealed class TwinPresenceTests
{
    private readonly InMemoryStore _store = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_closed_connection_is_offline_at_once_and_says_why_and_its_will_is_published()
    {
        await using var gateway = await Start();
        var fleet = gateway.Services.GetRequiredService<IFleet>();
        var (watching, watcher) = await SocketTransport.Open(gateway.Port);
        using var _ = watching;
        await watcher.Connect("watcher");
        await watcher.Subscribe("wills/#", MqttQoS.AtMostOnce);
        await watcher.Subscribe("$aws/events/presence/disconnected/+", MqttQoS.AtMostOnce);

        var (lost, left) = (await Device(gateway, "lost"), await Device(gateway, "left"));
        using var changes = gateway.Services.GetRequiredService<FleetIndex>().Open(new FleetFilter(Readings: false));

        lost.Dispose();
        Assert.Equal(("lost", "connection lost"), await NextOffline(changes));
        await Heard(watcher, "wills/lost", "gone");
        await Heard(watcher, "$aws/events/presence/disconnected/lost", "CONNECTION_LOST");

        await left.Client.Disconnect();
        Assert.Equal(("left", "disconnected"), await NextOffline(changes));
        await Heard(watcher, "$aws/events/presence/disconnected/left", "\"versionNumber\":0");
        Assert.Equal((0, 2), ((await fleet.Counts()).Online, (await fleet.Counts()).Offline));
        left.Dispose();
    }

    [Fact]
    public async Task A_connection_that_only_hangs_is_offline_when_its_keep_alive_has_run_out()
    {
        await using var gateway = await Start();
        using var device = await Device(gateway, "hangs", keepAlive: 10);
        using var changes = gateway.Services.GetRequiredService<FleetIndex>().Open(new FleetFilter(Readings: false));

        // 3.1.2.10, in 3.1.1 and 5.0: one and a half times the keep-alive; looked at each second.
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(("hangs", "keep-alive ran out"), await NextOffline(changes));
    }

    [Fact]
    public async Task A_device_that_reports_through_another_is_offline_when_its_heartbeat_is_over()
    {
        await using var gateway = await Start();
        using var bridge = await Device(gateway, "bridge");
        await bridge.Client.Publish("dt/devices/silent/telemetry", """{"t": 1}""", packetId: 9);
        await bridge.Client.Expect(MqttPacketType.PubAck);
        using var changes = gateway.Services.GetRequiredService<FleetIndex>().Open(new FleetFilter(Readings: false));

        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Equal(DeviceStatus.Online, (await Find(gateway, "silent")).Status);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(("silent", "no reading for 60 s"), await NextOffline(changes));
        Assert.Equal(DeviceStatus.Online, (await Find(gateway, "bridge")).Status);
    }

    [Fact]
    public async Task A_restart_of_the_server_is_seen_in_no_device()
    {
        const int Devices = 12;
        var connections = new List<ConnectedDevice>();
        await using (var first = await Start())
        {
            for (var i = 0; i < Devices; i++)
                connections.Add(await Device(first, $"d{i}"));
            await first.Stop();
        }

        AssertNeverWentOffline(Devices);
        connections.ForEach(connection => connection.Dispose());

        _time.Advance(TimeSpan.FromSeconds(20));
        await using var second = await Start();
        using var changes = second.Services.GetRequiredService<FleetIndex>().Open(new FleetFilter(Readings: false));
        Assert.Equal(Devices, (await second.Services.GetRequiredService<IFleet>().Counts()).Online);
        connections.Clear();
        for (var i = 0; i < Devices; i++)
            connections.Add(await Device(second, $"d{i}", reports: false));
        _time.Advance(TimeSpan.FromMinutes(10));

        // The first thing told is what is told on purpose.
        await second.Services.GetRequiredService<ITwins>().Execute(
            DeviceId.Parse("marker"), new TwinCommand.Describe(new DeviceDescription("the end", null, null, []), default));
        await changes.WaitToRead(CancellationToken.None).AsTask().Within("a change");
        Assert.True(changes.TryRead(out var change));
        Assert.IsType<FleetChange.Described>(change);
        AssertNeverWentOffline(Devices);
        connections.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_device_in_the_servers_own_process_that_leaves_as_it_stops_did_not_go_offline()
    {
        var inside = new DeviceInside();
        await using (var gateway = await Start(services => services.AddSingleton<IHostedService>(inside)))
        {
            inside.Device = await Device(gateway, "d0");
            await gateway.Stop();
        }

        AssertNeverWentOffline(1);
    }

    [Fact]
    public async Task Connections_that_break_together_are_one_event_too()
    {
        const int Devices = 15;
        await using var gateway = await Start();
        var connections = new List<ConnectedDevice>();
        for (var i = 0; i < Devices; i++)
            connections.Add(await Device(gateway, $"d{i}"));
        using var changes = gateway.Services.GetRequiredService<FleetIndex>().Open(new FleetFilter(Readings: false));

        connections.ForEach(connection => connection.Dispose());
        for (var i = 0; i < Devices; i++)
            await NextOffline(changes);
        _time.Advance(TimeSpan.FromSeconds(1));

        await changes.WaitToRead(CancellationToken.None).AsTask().Within("the outage");
        Assert.True(changes.TryRead(out var change));
        Assert.Equal("15 devices went offline within 1 s (connection lost)", Assert.IsType<FleetChange.OutageChanged>(change).Outage.Text);
    }

    private void AssertNeverWentOffline(int devices) =>
        Assert.Empty(Enumerable.Range(0, devices).SelectMany(i => _store.Journal.EventsOf(DeviceId.Parse($"d{i}"))).OfType<TwinEvent.WentOffline>());

    private async Task<ListeningGateway> Start(Action<IServiceCollection>? addLast = null)
    {
        await _store.Rules.MarkSeeded(default); // none are shipped
        return await ListeningGateway.Start(
            services =>
            {
                _store.AddTo(services);
                services.AddRules();
                services.AddSingleton(new AlertMessages([]));
                services.AddTwins(new ConfigurationBuilder().Build());
            },
            addLast ?? (_ => { }),
            _time);
    }

    private static async Task<ConnectedDevice> Device(ListeningGateway gateway, string id, ushort keepAlive = 0, bool reports = true)
    {
        var (transport, client) = await SocketTransport.Open(gateway.Port);
        await client.Connect(id, keepAlive, will: ($"wills/{id}", "gone"));
        if (reports)
        {
            await client.Publish($"dt/devices/{id}/telemetry", """{"t": 1}""", packetId: 1);
            await client.Expect(MqttPacketType.PubAck);
        }

        return new ConnectedDevice(transport, client);
    }

    private static async Task<Twin> Find(ListeningGateway gateway, string device) =>
        (await gateway.Services.GetRequiredService<ITwins>().Find(DeviceId.Parse(device)))!.Twin;

    private static async Task<(string Device, string Reason)> NextOffline(FleetWatch changes)
    {
        while (await changes.WaitToRead(CancellationToken.None).AsTask().Within("a device that goes offline"))
        {
            if (changes.TryRead(out var change) && change is FleetChange.StatusChanged { Twin: { Status: DeviceStatus.Offline } twin })
                return (twin.Device.Value, twin.StatusReason);
        }

        throw new InvalidOperationException("The watch ended.");
    }

    private static async Task Heard(TestClient watcher, string topic, string part)
    {
        var heard = await watcher.Expect(MqttPacketType.Publish);
        Assert.Equal(topic, heard.Topic);
        Assert.Contains(part, heard.Payload);
    }

    // As the hardware agent and the demo fleet: says goodbye as it is stopped, and stops when the connection has ended.
    private sealed class DeviceInside : IHostedService
    {
        public ConnectedDevice? Device { get; set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            using var device = Device!;
            try
            {
                await device.Client.Disconnect();
                while (await device.Transport.Input.ReadAsync(cancellationToken) is { IsCompleted: false } read)
                    device.Transport.Input.AdvanceTo(read.Buffer.End);
            }
            catch (IOException)
            {
                // The server was first.
            }
        }
    }

    private sealed record ConnectedDevice(SocketTransport Transport, TestClient Client) : IDisposable
    {
        public void Dispose() => Transport.Dispose();
    }
}
