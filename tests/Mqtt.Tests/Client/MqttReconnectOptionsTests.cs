using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.Mqtt.Tests.Client;

public sealed class MqttReconnectOptionsTests
{
    [Fact]
    public void Every_delay_lies_between_half_its_bound_and_its_bound() =>
        Prop.ForAll(Gen.Choose(0, 1_000).ToArbitrary(), attempt =>
        {
            var options = new MqttReconnectOptions();
            var bound = Math.Min(60, Math.Pow(2, attempt));
            Assert.InRange(options.DelayBefore(attempt).TotalSeconds, (bound / 2) - 0.001, bound + 0.001);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_clients_do_not_wait_the_same_time()
    {
        var one = new MqttReconnectOptions { Random = new Random(1) };
        var other = new MqttReconnectOptions { Random = new Random(2) };
        Assert.NotEqual(one.DelayBefore(3), other.DelayBefore(3));
    }
}
