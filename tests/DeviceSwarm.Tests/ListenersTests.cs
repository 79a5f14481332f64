using OrleansIot.Mqtt.Codec;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Time;

namespace OrleansIot.DeviceSwarm.Tests;

public sealed class ListenersTests
{
    [Theory]
    [InlineData(MqttQoS.AtMostOnce)]
    [InlineData(MqttQoS.AtLeastOnce)]
    public async Task Every_listener_hears_every_message_and_how_long_it_took(MqttQoS qos)
    {
        await using var broker = await Mosquitto.Start();
        var options = new SwarmOptions { Port = broker.Port, QoS = qos, Devices = 7, Connections = 3, Messages = 500, DueTimes = true };
        var listening = new TaskCompletionSource();
        var heard = new Listeners(Listening(broker, qos, 1_500), TimeProvider.System).Run(listening.SetResult, TestContext.Current.CancellationToken);
        await listening.Task.Within("three subscriptions");

        await new Swarm(options, TimeProvider.System).Run(TestContext.Current.CancellationToken);

        var result = await heard.Within("the listeners' end");
        Assert.Equal((1_500, 0), (result.Received, result.ConnectionsLost));
        Assert.InRange(result.Latency!.P99, TimeSpan.FromTicks(1), TimeLimit.Usual);
    }

    [Fact]
    public async Task A_listener_that_hears_less_than_it_should_ends_after_the_stall_limit()
    {
        await using var broker = await Mosquitto.Start();

        var result = await new Listeners(Listening(broker, MqttQoS.AtMostOnce, 1, TimeSpan.FromSeconds(1)), TimeProvider.System)
            .Run(() => { }, TestContext.Current.CancellationToken).Within("the listeners' end");

        Assert.Equal((0, 0), (result.Received, result.ConnectionsLost));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_told()
    {
        var nobody = new SwarmOptions { Port = FreePort.Find(), Devices = 2, Connections = 2, Listen = "#", StallLimit = TimeSpan.FromSeconds(1) };

        var result = await new Listeners(nobody, TimeProvider.System).Run(() => { }, TestContext.Current.CancellationToken).Within("the listeners' end");

        Assert.Equal((0, 2), (result.Received, result.ConnectionsLost));
        Assert.NotNull(result.FirstError);
    }

    private static SwarmOptions Listening(Mosquitto broker, MqttQoS qos, long messages, TimeSpan? stallLimit = null) => new()
    {
        Port = broker.Port,
        QoS = qos,
        Devices = 3,
        Connections = 3,
        Listen = "dt/#",
        Messages = messages,
        StallLimit = stallLimit ?? TimeLimit.Usual,
    };
}
