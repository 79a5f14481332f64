using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.TestKit;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>The product's dispatcher on several processes at once.</summary>
public sealed class DispatchersTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private readonly DynamoTables _tables = new(dynalite);
    private readonly ConcurrentDictionary<string, int> _sent = new();

    [Fact]
    public async Task Each_message_is_sent_once_whichever_silo_it_comes_from_and_whichever_stops_meanwhile()
    {
        const int Count = 40;
        var (one, other) = (await _tables.Open(), await _tables.Open());
        using var first = await Dispatcher(one);
        using var second = await Dispatcher(other);

        // One after the other, so that the first dispatcher stops in the midst of them.
        for (var i = 0; i < Count; i++)
        {
            var device = DeviceId.Parse($"device-{i}");
            var alert = Alert(device, 1, 0);
            var message = Message($"{alert.Id}/triggered", alert, 0, channel: "list") with { Target = $"target-{i % 5}" };
            await (i % 2 == 0 ? one : other).Journal.Append(new TwinAppend(device, 0, [Triggered(alert)], [message]), default);
            if (i == Count / 2)
                await first.StopAsync();
        }

        await one.DisposeAsync();
        await Eventually.IsTrue("all are delivered", async () => (await other.Outbox.Latest(Count, default)).Count(delivery => delivery.Status == DeliveryStatus.Delivered) == Count, TimeSpan.FromSeconds(30));
        await second.StopAsync();

        Assert.Equal(Count, _sent.Count);
        Assert.All(_sent, message => Assert.Equal(1, message.Value));
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private async Task<IHost> Dispatcher(DynamoDbStore store)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);

        // The samples are of a fixed day, and none of them is to be given up for its age.
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Notifications:Delivery:GiveUpAfter", (string?)"30.00:00:00")]);
        builder.Services.AddSingleton(store.Outbox);
        builder.Services.AddSingleton<INotificationChannel>(new ListChannel(_sent));
        builder.Services.AddDelivery(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class ListChannel(ConcurrentDictionary<string, int> sent) : INotificationChannel
    {
        public string Name => "list";

        public bool IsConfigured => true;

        public async ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation)
        {
            await Task.Yield();
            sent.AddOrUpdate(message.Id, 1, (_, times) => times + 1);
            return new DeliveryResult(DeliveryVerdict.Delivered, "listed");
        }
    }
}
